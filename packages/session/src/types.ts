/** A value that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }

/** A JSON object; absent and `undefined` keys mean the same. */
export interface JsonRecord {
  [key: string]: Json | undefined
}

/** What this package knows of a message: its role and, in its blocks, which tool results answer which tool uses. */
export interface SessionMessage {
  role: string
  content: string | readonly SessionBlock[]
  id?: string | undefined
}

/** What this package knows of a block. `tool-use` has an `id`, `tool-result` has a `toolUseId`. */
export interface SessionBlock {
  type: string
  id?: string | undefined
  toolUseId?: string | undefined
}

/** Who owns a session, and which one it is. There is no way to ask without a tenant. */
export interface SessionKey {
  tenant: string
  id: string
}

/** The types of event that this version writes. Readers keep and skip others. */
export type SessionEventType =
  | 'session.created'
  | 'session.updated'
  | 'session.deleted'
  | 'session.expired'
  | 'context.set'
  | 'turn.started'
  | 'message'
  | 'delta'
  | 'tool.started'
  | 'tool.finished'
  | 'turn.completed'
  | 'turn.failed'
  | 'turn.cancelled'
  | 'turn.interrupted'

/** An event before the store gave it its place. */
export interface NewSessionEvent {
  type: SessionEventType | (string & {})
  turnId?: string | undefined
  /** Milliseconds since the epoch. */
  at: number
  data: JsonRecord
}

/** An event of the log. `seq` starts at 1 and is gap-free as written. */
export interface SessionEvent extends NewSessionEvent {
  /** Format of the envelope. */
  v: 1
  seq: number
}

/** Tokens of turns, summed. */
export interface SessionUsage {
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  reasoningTokens: number
}

/** One usage row: what a turn, or a request without a session, cost. Rows outlive their session. */
export interface LedgerRow {
  tenant: string
  /** Turn or request id; writing the same id again replaces nothing and adds nothing. */
  id: string
  sessionId?: string | undefined
  model: string
  provider?: string | undefined
  at: number
  usage: SessionUsage
  /** Undefined where the price is unknown; never 0 as a guess. */
  costUsd?: number | undefined
  estimated?: boolean | undefined
}
