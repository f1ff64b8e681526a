import type { StopReason, Usage, Warning } from './completion.ts'
import type { JsonObject } from './json.ts'
import type { NativeBlock } from './message.ts'

/** First event, exactly once: who answers. */
export interface StartEvent {
  type: 'start'
  id: string
  model: string
}

/** Text of block `index`. Indexes count the answer's blocks from 0, in order, without gaps. */
export interface TextDeltaEvent {
  type: 'text-delta'
  index: number
  text: string
  /** True where the model refuses in these words, for a dialect that tells refusals from answers. */
  isRefusal?: true | undefined
}

/** Thinking of block `index`; a signature arrives whole, with or without text. */
export interface ThinkingDeltaEvent {
  type: 'thinking-delta'
  index: number
  text: string
  signature?: string | undefined
}

/**
 * Block `index` is a tool use; its input follows as raw JSON pieces. `extra` holds fields of its dialect that are known
 * at its start; those of the block's end are all of them.
 */
export interface ToolUseStartEvent {
  type: 'tool-use-start'
  index: number
  id: string
  name: string
  extra?: JsonObject | undefined
}

/** A piece of the raw JSON input of block `index`; joined they are `""` for a tool without arguments. */
export interface ToolInputDeltaEvent {
  type: 'tool-input-delta'
  index: number
  text: string
}

/**
 * Block `index` is whole; a tool use that was cut has no end. `extra` holds fields of its dialect that are only known
 * at its end.
 */
export interface BlockEndEvent {
  type: 'block-end'
  index: number
  extra?: JsonObject | undefined
}

/** Block `index` is one that only its dialect understands; it comes whole, so no `block-end` follows. */
export interface NativeEvent {
  type: 'native'
  index: number
  block: NativeBlock
}

/** Something was left out or skipped. */
export interface WarningEvent {
  type: 'warning'
  warning: Warning
}

/** Last event, exactly once: the upstream's terminal marker was seen. */
export interface FinishEvent {
  type: 'finish'
  stopReason: StopReason
  usage: Usage
  extra?: JsonObject | undefined
}

/** What a streamed answer is made of. Errors are thrown by the iteration, never yielded. */
export type StreamEvent =
  | StartEvent
  | TextDeltaEvent
  | ThinkingDeltaEvent
  | ToolUseStartEvent
  | ToolInputDeltaEvent
  | BlockEndEvent
  | NativeEvent
  | WarningEvent
  | FinishEvent
