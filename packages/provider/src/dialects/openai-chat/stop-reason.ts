import type { StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'

const stopReasons: Readonly<Record<string, StopReason>> = {
  stop: 'end-turn',
  length: 'max-tokens',
  tool_calls: 'tool-use',
  function_call: 'tool-use',
  content_filter: 'refusal',
  // Mistral's word for a full context.
  model_length: 'context-window',
  // The words of other wires, which relays of their models pass on.
  end_turn: 'end-turn',
  stop_sequence: 'stop-sequence',
  max_tokens: 'max-tokens',
  tool_use: 'tool-use',
  refusal: 'refusal',
  safety: 'refusal',
}

// Google adds which filter it was: `content_filter: RECITATION`. Its own API writes in capitals.
const toBaseReason = (wire: string): string =>
  Object.hasOwn(stopReasons, wire) ? wire : (wire.split(':', 1)[0] ?? wire).toLowerCase()

const faults: ReadonlySet<string> = new Set([
  ...['error', 'abort', 'aborted'],
  // DeepSeek's, and Google's of a call that it could not write.
  ...['insufficient_system_resource', 'function_call_filter'],
])

/** The reason itself where the server stopped for a fault of its own: what came until then is no answer. */
export const faultOf = (wire: string | null | undefined): string | undefined =>
  wire && faults.has(toBaseReason(wire)) ? wire : undefined

/** What of an answer changes how its `finish_reason` reads. */
export interface AnswerShape {
  hasToolUse: boolean
  hasRefusal: boolean
}

/**
 * Why it stopped. A forced tool call ends with `stop` and so does a refusal in words: what the answer holds says more.
 * A reason that came later than this list, or none at all, is `unknown`.
 */
export const toStopReason = (wire: string | null | undefined, shape: AnswerShape): StopReason => {
  const word = wire ? toBaseReason(wire) : ''
  const reason = (Object.hasOwn(stopReasons, word) && stopReasons[word]) || 'unknown'
  if (reason !== 'end-turn' && reason !== 'unknown') return reason
  if (shape.hasToolUse) return 'tool-use'
  return shape.hasRefusal ? 'refusal' : reason
}

const finishReasons = {
  'end-turn': 'stop',
  'stop-sequence': 'stop',
  pause: 'stop',
  unknown: 'stop',
  'max-tokens': 'length',
  'context-window': 'length',
  'tool-use': 'tool_calls',
  refusal: 'content_filter',
} satisfies Record<StopReason, string>

/** The wire's word for a reason to stop; it has fewer than the vocabulary. */
export const toFinishReason = (reason: StopReason): string => finishReasons[reason]

/**
 * The wire's word where the vocabulary would not give it back: `stop` after a forced call or a refusal in words,
 * `function_call`, a word that came later. To be kept in `extra`.
 */
export const keptReason = (wire: string | null | undefined, reason: StopReason): JsonObject =>
  wire && wire !== toFinishReason(reason) ? { finish_reason: wire } : {}
