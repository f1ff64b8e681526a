import type { StopReason } from '../../types/completion.ts'

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
