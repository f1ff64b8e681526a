import type { SseMessage } from '@gateway/sse'
import { parseExact } from '../../exact-json.ts'
import type { JsonValue } from '../../types/json.ts'
import type { DecodeContext, StreamDecoder } from '../dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { toIncompleteError } from '../stream-end.ts'
import { decodeErrorValue } from './decode-error.ts'
import { scanDelta, toDeltaPattern } from './scan-delta.ts'
import { scanEvent } from './scan-event.ts'
import { type ContentEvent, createStreamedAnswer, finishAnswer, takeEvent } from './streamed-answer.ts'
import { readCommonDelta, readEvent } from './wire.ts'

/**
 * Reads a Messages stream. `message_stop` is the terminal marker; whatever comes after it is not read.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export const createStreamDecoder = (context: DecodeContext): StreamDecoder => {
  const answer = createStreamedAnswer(context)
  return {
    take(message) {
      const { pattern } = answer
      const known = pattern && message.event !== 'error' ? scanDelta(message.data, pattern) : undefined
      const event = known ?? toEvent(message, context.provider)
      if (event === 'ignored') return []
      if (event === undefined) {
        answer.skipped += 1
        return []
      }
      if (event.type === 'message_stop') return finishAnswer(answer)
      // A relay reads no further than the first of them.
      if (known === undefined && event.type === 'content_block_delta' && context.isRelay !== true) {
        answer.pattern = toDeltaPattern(message.data, event)
      }
      return takeEvent(answer, event)
    },
    end(fault) {
      throw fault === undefined ? toIncompleteError(context.provider) : fault.error
    },
  }
}

/** Reads one message; throws for an error event. */
const toEvent = (
  message: SseMessage,
  provider: string,
): ContentEvent | { type: 'message_stop' } | 'ignored' | undefined => {
  const scanned = message.event === 'error' ? undefined : scanEvent(message.data)
  if (scanned !== undefined) return scanned
  // The start of a call may hold its input, whole.
  const isCall = message.data.includes('"tool_use"')
  const value = isCall ? parseExact(message.data, 'answer') : parseJson(message.data)
  if (message.event === 'error' || isError(value)) throw decodeErrorValue(value ?? message.data, provider)
  const delta = readCommonDelta(value)
  if (delta !== undefined) return delta
  // Proxies that speak both dialects end this one like the other; it is no marker here.
  if (message.data.trim() === '[DONE]') return 'ignored'
  const named = isJsonObject(value) && value.type === undefined ? { type: message.event, ...value } : value
  const event = readEvent(named)
  if (event === undefined || event === 'ignored') return event
  return event.type === 'error' ? undefined : event
}

const isError = (value: JsonValue | undefined): boolean =>
  isJsonObject(value) && (value.type === 'error' || isJsonObject(value.error))
