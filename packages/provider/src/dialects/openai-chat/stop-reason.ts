import type { StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'

const stopReasons: Readonly<Record<string, StopReason>> = {
  stop: 'end-turn',
  length: 'max-tokens',
  tool_calls: 'tool-use',
  function_call: 'tool-use',
  content_filter: 'refusal',
}

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
  const reason = (wire && Object.hasOwn(stopReasons, wire) && stopReasons[wire]) || 'unknown'
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
