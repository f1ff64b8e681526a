import type { SseMessage } from '@gateway/sse'
import type { JsonValue } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { createSkips, toIncompleteError } from '../stream-end.ts'
import { decodeErrorValue } from './decode-error.ts'
import { type ContentEvent, createStreamedAnswer } from './streamed-answer.ts'
import { readEvent } from './wire.ts'

/**
 * The events of a Messages stream. `message_stop` is the terminal marker; whatever comes after it is not read.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export async function* decodeStream(
  messages: AsyncIterable<SseMessage>,
  context: DecodeContext,
): AsyncGenerator<StreamEvent> {
  const skips = createSkips()
  const answer = createStreamedAnswer(context, skips)
  for await (const message of messages) {
    const event = toEvent(message, context.provider)
    if (event === 'ignored') continue
    if (event === undefined) skips.add()
    else if (event.type === 'message_stop') {
      yield* answer.finish()
      return
    } else yield* answer.take(event)
  }
  throw toIncompleteError(context.provider, '"message_stop" event')
}

/** Reads one message; throws for an error event. */
const toEvent = (
  message: SseMessage,
  provider: string,
): ContentEvent | { type: 'message_stop' } | 'ignored' | undefined => {
  const value = parseJson(message.data)
  if (message.event === 'error' || isError(value)) throw decodeErrorValue(value ?? message.data, provider)
  // Proxies that speak both dialects end this one like the other; it is no marker here.
  if (message.data.trim() === '[DONE]') return 'ignored'
  const named = isJsonObject(value) && value.type === undefined ? { type: message.event, ...value } : value
  const event = readEvent(named)
  if (event === undefined || event === 'ignored') return event
  return event.type === 'error' ? undefined : event
}

const isError = (value: JsonValue | undefined): boolean =>
  isJsonObject(value) && (value.type === 'error' || isJsonObject(value.error))
