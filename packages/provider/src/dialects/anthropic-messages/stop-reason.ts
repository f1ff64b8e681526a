import type { StopReason } from '../../types/completion.ts'

const stopReasons: Readonly<Record<string, StopReason>> = {
  end_turn: 'end-turn',
  max_tokens: 'max-tokens',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-use',
  refusal: 'refusal',
  pause_turn: 'pause',
  compaction: 'pause',
  model_context_window_exceeded: 'context-window',
}

/** Why it stopped; a reason that came later than this list is `unknown`. */
export const toStopReason = (wire: string | null | undefined): StopReason =>
  (wire && Object.hasOwn(stopReasons, wire) && stopReasons[wire]) || 'unknown'
