import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { messageFields } from './decode-content.ts'
import type { ChatChoice, ChatMessage } from './wire.ts'

/** What a streamed choice and its message say beside the answer; most say nothing. */
export interface StreamedFields {
  choice: JsonObject
  message: JsonObject
}

const choiceFields = ['index', 'message', 'delta', 'finish_reason']

/** Adds what a chunk says: pieces of lists (logprobs, annotations) and of audio are put together, other fields replaced. */
export const takeFields = (
  fields: StreamedFields | undefined,
  choice: ChatChoice,
  message: ChatMessage | null | undefined,
): StreamedFields | undefined => {
  const ofChoice = otherFields(choice, choiceFields)
  const ofMessage = otherFields(message, messageFields)
  if (Object.keys(ofChoice).length === 0 && Object.keys(ofMessage).length === 0) return fields
  return {
    choice: grow(fields?.choice ?? {}, ofChoice),
    message: grow(fields?.message ?? {}, ofMessage),
  }
}

/** The fields under the keys that a whole answer keeps them under. */
export const toKeptFields = ({ choice, message }: StreamedFields): JsonObject => ({
  ...(Object.keys(choice).length > 0 && { choice }),
  ...(Object.keys(message).length > 0 && { message }),
})

// The texts of this wire that come in pieces; any other text comes whole.
const pieces = new Set(['data', 'transcript'])

const grow = (earlier: JsonObject, later: JsonObject): JsonObject => {
  const grown = { ...earlier }
  for (const [key, value] of Object.entries(otherFields(later, [])))
    grown[key] = join(earlier[key], value, key)
  return grown
}

const join = (earlier: JsonValue | undefined, later: JsonValue | undefined, key: string) => {
  if (Array.isArray(earlier) && Array.isArray(later)) return [...earlier, ...later]
  if (isJsonObject(earlier) && isJsonObject(later)) return grow(earlier, later)
  return pieces.has(key) && typeof earlier === 'string' && typeof later === 'string' ? earlier + later : later
}
