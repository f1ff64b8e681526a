import type { StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'

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

const wireReasons: Readonly<Record<StopReason, string>> = {
  'end-turn': 'end_turn',
  'max-tokens': 'max_tokens',
  'stop-sequence': 'stop_sequence',
  'tool-use': 'tool_use',
  refusal: 'refusal',
  pause: 'pause_turn',
  'context-window': 'model_context_window_exceeded',
  // Clients of this dialect know no answer that stopped for no reason.
  unknown: 'end_turn',
}

/** The wire's word for why it stopped. */
export const fromStopReason = (reason: StopReason): string => wireReasons[reason]

/** Why it stopped; a reason that came later than this list is `unknown`. */
export const toStopReason = (wire: string | null | undefined): StopReason =>
  (wire && Object.hasOwn(stopReasons, wire) && stopReasons[wire]) || 'unknown'

/** The wire's word where ours would not give it back. */
export const wireReason = (wire: string | null | undefined): JsonObject =>
  wire && fromStopReason(toStopReason(wire)) !== wire ? { stop_reason: wire } : {}
