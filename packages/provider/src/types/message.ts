import type { JsonObject, JsonValue } from './json.ts'

/** A wire format that this package reads and writes. */
export type DialectName = ClientDialectName | 'mock'

/** A dialect that clients speak as well as upstreams. */
export type ClientDialectName = 'openai-chat' | 'anthropic-messages'

/** Who speaks. OpenAI's `developer` is `system` with `extra: { role: 'developer' }`. */
export type Role = 'system' | 'user' | 'assistant' | 'tool'

/**
 * Fields of a dialect that the vocabulary does not model, kept verbatim and only sent back to that dialect. Its key
 * `dialect` (a {@link DialectName}) says which one that is; decoders set it. Without it the fields are sent to whatever
 * provider the request goes to. They never replace a field that the vocabulary models.
 */
export interface Extensible {
  extra?: JsonObject | undefined
}

/** Where the bytes of an image, a document or an audio clip are. Nothing here is ever fetched by these packages. */
export type MediaSource = { kind: 'base64'; mediaType: string; data: string } | { kind: 'url'; url: string }

/** Plain text. */
export interface TextBlock extends Extensible {
  type: 'text'
  text: string
}

/** An image, a document or an audio clip. */
export interface MediaBlock extends Extensible {
  type: 'image' | 'document' | 'audio'
  source: MediaSource
}

/** Reasoning of a model. `signature` is opaque and must reach the provider byte for byte. */
export interface ThinkingBlock extends Extensible {
  type: 'thinking'
  text: string
  signature?: string | undefined
}

/** A model's request to run a tool. */
export interface ToolUseBlock extends Extensible {
  type: 'tool-use'
  id: string
  name: string
  input: JsonObject
  /** The raw arguments, where they are cut, invalid or would not survive a JSON round trip; it wins when encoding. */
  inputText?: string | undefined
}

/** The answer to one tool use. Every `tool-use` in a history has exactly one. */
export interface ToolResultBlock extends Extensible {
  type: 'tool-result'
  toolUseId: string
  content: string | ContentBlock[]
  isError?: boolean | undefined
}

/** A block that only its dialect understands (redacted thinking, server tools…); only ever sent back where it came from. */
export interface NativeBlock extends Extensible {
  type: 'native'
  dialect: DialectName
  model?: string | undefined
  value: JsonValue
}

export type ContentBlock =
  | TextBlock
  | MediaBlock
  | ThinkingBlock
  | ToolUseBlock
  | ToolResultBlock
  | NativeBlock

/** One message of a conversation. */
export interface Message extends Extensible {
  role: Role
  content: string | ContentBlock[]
  id?: string | undefined
  name?: string | undefined
}
