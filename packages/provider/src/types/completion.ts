import type { JsonObject } from './json.ts'
import type { ContentBlock, Extensible, Message } from './message.ts'

/** A tool as a model sees it. */
export interface ToolDefinition extends Extensible {
  name: string
  description?: string | undefined
  /** JSON Schema of the input; its root is an object. */
  inputSchema: JsonObject
  /** Must a call's input match the schema exactly? Absent: as the provider does it. */
  strict?: boolean | undefined
}

/** `auto`: the model decides; `any`: it must call one; `none`: it must not; `tool`: it must call this one. */
export type ToolChoice = { type: 'auto' | 'any' | 'none' } | { type: 'tool'; name: string }

/** The form of the answer: free text, any JSON, or JSON of a schema. */
export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json' }
  | {
      type: 'json-schema'
      name: string
      description?: string | undefined
      schema: JsonObject
      strict?: boolean | undefined
    }

/**
 * How much a model may think. A provider takes what it knows and answers with a warning for the rest. Its `extra` is how
 * a dialect said it: sent back in those words to that dialect, and to no other.
 */
export interface ReasoningOptions extends Extensible {
  effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | undefined
  budgetTokens?: number | undefined
}

/** What is asked of a model. Absent options are the provider's defaults; none is ever sent as a guess. */
export interface CompletionRequest extends Extensible {
  model: string
  messages: Message[]
  system?: string | undefined
  tools?: ToolDefinition[] | undefined
  toolChoice?: ToolChoice | undefined
  /** May the model call several tools in one step? */
  parallelToolCalls?: boolean | undefined
  maxTokens?: number | undefined
  temperature?: number | undefined
  topP?: number | undefined
  topK?: number | undefined
  stopSequences?: string[] | undefined
  responseFormat?: ResponseFormat | undefined
  reasoning?: ReasoningOptions | undefined
  metadata?: Record<string, string> | undefined
}

/** Why a model stopped. */
export type StopReason =
  | 'end-turn'
  | 'max-tokens'
  | 'stop-sequence'
  | 'tool-use'
  | 'refusal'
  | 'pause'
  | 'context-window'
  | 'unknown'

/**
 * Tokens of one answer.
 * `inputTokens` is everything that the model read, cached and cache-writing tokens included;
 * `outputTokens` includes reasoning.
 */
export interface Usage extends Extensible {
  inputTokens: number
  outputTokens: number
  cacheReadTokens?: number | undefined
  cacheWriteTokens?: number | undefined
  /** Those of `cacheWriteTokens` that are kept for an hour, where the provider tells them apart. */
  cacheWrite1hTokens?: number | undefined
  reasoningTokens?: number | undefined
  /** True where the figures were counted by us because the provider sent none. */
  estimated?: boolean | undefined
}

/** An option or block that the model does not take and that was left out. */
export interface Warning {
  code: 'unsupported-option' | 'dropped-block' | 'skipped-event' | 'default-applied'
  message: string
}

/** A whole answer. */
export interface CompletionResponse extends Extensible {
  id: string
  /** The model that really answered. */
  model: string
  content: ContentBlock[]
  stopReason: StopReason
  usage: Usage
  warnings?: Warning[] | undefined
}
