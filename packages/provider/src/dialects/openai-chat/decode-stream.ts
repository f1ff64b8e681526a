import type { SseMessage } from '@gateway/sse'
import { parseExact } from '../../exact-json.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext, StreamDecoder } from '../dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { toIncompleteError } from '../stream-end.ts'
import { decodeErrorValue } from './decode-error.ts'
import { toChunkPattern } from './scan-chunk.ts'
import { skimChunk } from './skim-chunk.ts'
import {
  createStreamedAnswer,
  finishAnswer,
  isWhole,
  type StreamedAnswer,
  takeChunk,
  takeKnown,
  takeSkimmed,
} from './streamed-answer.ts'
import { type ChatAnswer, readAnswer } from './wire.ts'

/**
 * Reads a Chat Completions stream. The terminal marker is a `finish_reason` for every choice and then the end of the
 * stream: `[DONE]`, a clean end, or even a reset, since the answer is whole by then.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export const createStreamDecoder = (context: DecodeContext): StreamDecoder => {
  const answer = createStreamedAnswer(context)

  const end: StreamDecoder['end'] = (fault) => {
    if (isWhole(answer)) return finishAnswer(answer)
    throw fault === undefined ? toIncompleteError(context.provider) : fault.error
  }

  return {
    take(message) {
      const known = message.event === 'error' ? undefined : takeUnparsed(answer, message.data)
      if (known !== undefined) return known
      const chunk = toChunk(message)
      // Told before the stream is closed, so that a server that keeps it open holds nobody up.
      if (chunk === 'done') return end()
      if (chunk === 'error') {
        throw decodeErrorValue(toErrorValue(message.data), context.provider)
      }
      if (chunk !== undefined) {
        const events = takeChunk(answer, chunk)
        answer.read += 1
        // A relay reads the first two or three and no more: it never comes to use a pattern.
        if (answer.read > 2) answer.pattern = toChunkPattern(message.data, chunk)
        return events
      }
      answer.skipped += 1
      return []
    },
    end,
  }
}

/** The events of a message that need not be parsed; `undefined` where it must be. */
const takeUnparsed = (answer: StreamedAnswer, data: string): StreamEvent[] | undefined => {
  const skimmed = answer.context.isRelay === true ? skimChunk(data) : undefined
  return skimmed === undefined ? takeKnown(answer, data) : takeSkimmed(answer, skimmed)
}

const toErrorValue = (data: string): JsonValue => {
  const value = parseJson(data) ?? data
  return isJsonObject(value) && value.error == null && isJsonObject(value.x_groq) ? value.x_groq : value
}

const objectArguments = /"arguments"\s*:\s*\{/

/** Reads one message; `undefined` when it is unreadable. */
const toChunk = (message: SseMessage): ChatAnswer | 'done' | 'error' | undefined => {
  if (message.data.trim() === '[DONE]') return 'done'
  if (message.event === 'error') return 'error'
  // Some servers send the arguments of a call as the object that they are.
  const hasObject = objectArguments.test(message.data)
  const value = hasObject ? parseExact(message.data, 'answer') : parseJson(message.data)
  if (!isJsonObject(value)) return undefined
  return isError(value) ? 'error' : readAnswer(value)
}

/** An error stands in a field of its own, is the whole object (vLLM), or stands among the server's own fields (Groq). */
const isError = ({ error, object, x_groq: groq }: JsonObject): boolean =>
  error != null || object === 'error' || (isJsonObject(groq) && groq.error != null)
