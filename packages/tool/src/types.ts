import type { ContentBlock, JsonObject, JsonValue, ToolDefinition, ToolUseBlock } from '@gateway/provider'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** What a tool's code is given beside its input. */
export interface ToolContext {
  /** Aborts when the caller cancels or the time is over; a tool that waits must heed it. */
  signal: AbortSignal
  tenant: string
  sessionId?: string | undefined
  turnId?: string | undefined
  toolUseId?: string | undefined
}

/** What a tool may answer: text, any JSON value (sent to the model as JSON text) or content blocks. */
export type ToolOutput = string | JsonValue | { content: ContentBlock[] }

/** A tool that a registry can hold; made by `defineTool`. */
export interface Tool {
  readonly name: string
  readonly description: string
  /** JSON Schema of the input. */
  readonly inputSchema: JsonObject
  /** May a call whose outcome is unknown be run again? Default false. */
  readonly idempotent: boolean
  /** Refused by the default policy. Default false. */
  readonly dangerous: boolean
  /** Milliseconds; undefined = the registry's limit. */
  readonly timeoutMs: number | undefined
  /** Validates the input; where it is undefined, the registry validates against `inputSchema`. */
  readonly schema: StandardSchemaV1 | undefined
  /** Runs with input that was validated already: a registry does that. May throw ToolError, or anything. */
  execute(input: unknown, context: ToolContext): Promise<ToolOutput> | ToolOutput
}

/** How a call ended. */
export type ToolStatus =
  | 'ok'
  | 'failed'
  | 'invalid-input'
  | 'denied'
  | 'unknown-tool'
  | 'timeout'
  | 'aborted'
  | 'unavailable'

/** The record of one call. */
export interface ToolExecution {
  tool: string
  toolUseId?: string | undefined
  status: ToolStatus
  isError: boolean
  /** What the model reads: capped, valid Unicode, without control sequences. */
  content: string | ContentBlock[]
  /** From the call to its end, waiting for a place included. */
  durationMs: number
  /** Size of the output in UTF-8 bytes, before the cap. */
  bytes: number
  truncated: boolean
  /** How often it was run again: a registry runs each call once. */
  retries: number
  /** Milliseconds since the epoch. */
  startedAt: number
}

/** Who asks. */
export interface ToolCaller {
  tenant: string
  sessionId?: string | undefined
  turnId?: string | undefined
  /** Names that this caller may use; undefined = all that the policy allows. */
  allowed?: readonly string[] | undefined
  signal?: AbortSignal | undefined
}

/** May this tenant use this tool? Pure and synchronous, so that listing and executing cannot disagree. */
export interface ToolPolicy {
  readonly name: string
  allows(tool: Pick<Tool, 'name' | 'dangerous'>, caller: { tenant: string }): boolean
}

/** A tool as `list` shows it. */
export interface ListedTool {
  name: string
  description: string
  inputSchema: JsonObject
  available: boolean
  /** Why it is not available. */
  reason?: string | undefined
}

/** Holds tools, decides who may run them, and runs them. */
export interface ToolRegistry {
  /** ToolError `invalid-tool` when the name is taken or malformed. `unavailable` lists it without letting it run. */
  register(tool: Tool, options?: { unavailable?: string | undefined }): void
  get(name: string): Tool | undefined
  /** Those that the caller may use, in the order of registration. */
  list(caller: ToolCaller): ListedTool[]
  /** Never rejects: every outcome is a record. Order: exists, policy, validate, limits, run, cap. */
  execute(name: string, input: unknown, caller: ToolCaller): Promise<ToolExecution>
  /** Runs what a model asked for, also when its arguments are cut or not JSON. */
  executeToolUse(toolUse: ToolUseBlock, caller: ToolCaller): Promise<ToolExecution>
  /** Available tools as a request to a model carries them, in a stable order. */
  toProviderTools(caller: ToolCaller): ToolDefinition[]
}
