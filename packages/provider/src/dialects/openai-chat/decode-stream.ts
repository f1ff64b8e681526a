import type { SseMessage } from '@gateway/sse'
import type { ProviderError } from '../../errors.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { createSkips, toIncompleteError } from '../stream-end.ts'
import { decodeErrorValue } from './decode-error.ts'
import { createStreamedAnswer } from './streamed-answer.ts'
import { type ChatAnswer, readAnswer } from './wire.ts'

/**
 * The events of a Chat Completions stream. The terminal marker is a `finish_reason` for every choice and then the end
 * of the stream: `[DONE]`, a clean end, or even a reset, since the answer is whole by then.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export async function* decodeStream(
  messages: AsyncIterable<SseMessage>,
  context: DecodeContext,
): AsyncGenerator<StreamEvent> {
  const skips = createSkips()
  const answer = createStreamedAnswer(context, skips)
  let reported: ProviderError | undefined
  let isFinished = false
  try {
    for await (const message of messages) {
      const chunk = toChunk(message)
      if (chunk === 'done') {
        if (!answer.isWhole()) break
        // Told before the stream is closed, so that a server that keeps it open holds nobody up.
        isFinished = true
        yield* answer.finish()
        break
      }
      if (chunk === 'error') {
        reported = decodeErrorValue(parseJson(message.data) ?? message.data, context.provider)
        throw reported
      }
      if (chunk === undefined) skips.add()
      else yield* answer.take(chunk)
    }
  } catch (error) {
    if (error === reported || context.signal?.aborted || !answer.isWhole()) throw error
    // The connection broke after the answer was whole: nothing is missing.
  }
  if (isFinished) return
  if (!answer.isWhole()) throw toIncompleteError(context.provider, '"finish_reason"')
  yield* answer.finish()
}

/** Reads one message; `undefined` when it is unreadable. */
const toChunk = (message: SseMessage): ChatAnswer | 'done' | 'error' | undefined => {
  if (message.data.trim() === '[DONE]') return 'done'
  if (message.event === 'error') return 'error'
  const value = parseJson(message.data)
  if (!isJsonObject(value)) return undefined
  return value.error != null ? 'error' : readAnswer(value)
}
