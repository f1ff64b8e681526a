import type { JsonObject, JsonValue } from '@gateway/provider'

/** Where media is, in HTTP bodies. */
export type WireSource = { kind: 'base64'; media_type: string; data: string } | { kind: 'url'; url: string }

/** A content block in HTTP bodies. */
export type WireBlock =
  | { type: 'text'; text: string }
  | { type: 'image' | 'document' | 'audio'; source: WireSource }
  | { type: 'thinking'; text: string; signature?: string }
  | { type: 'tool_use'; id: string; name: string; input: JsonObject; input_text?: string }
  | { type: 'tool_result'; tool_use_id: string; content: string | WireBlock[]; is_error: boolean }
  | { type: 'native'; dialect: string; value: JsonValue }

/** Tokens in HTTP bodies. */
export interface WireUsage {
  input_tokens: number
  output_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
  reasoning_tokens: number
}

/** A message in HTTP bodies. */
export interface WireMessage {
  id: string
  object: 'message'
  role: string
  content: WireBlock[]
  seq: number
  turn_id: string | null
  /** Present, and true, on what a turn that did not complete had streamed. */
  partial?: true
  created_at: string
}

/** A turn in HTTP bodies. */
export interface WireTurn {
  id: string
  object: 'turn'
  session_id: string
  status: string
  model: string
  stop_reason: string | null
  usage: WireUsage
  cost_usd: number | null
  steps: number
  error: { type: string; code: string; message: string } | null
  /** What was left out of requests to the model, where anything was. */
  warnings?: string[]
  created_at: string
  ended_at: string | null
}

/** A session in HTTP bodies. */
export interface WireSession {
  id: string
  object: 'session'
  model: string
  system: string | null
  /** Null = all that are enabled and allowed. */
  tools: string[] | null
  metadata: JsonObject
  usage: WireUsage
  created_at: string
  updated_at: string
  expires_at: string
}
