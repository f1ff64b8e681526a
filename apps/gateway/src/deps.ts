import type { Agent } from '@gateway/agent'
import type { Message, ProviderManager } from '@gateway/provider'
import type { LedgerRow, SessionKey, SessionManager } from '@gateway/session'
import type { ToolRegistry } from '@gateway/tool'
import type { Logger } from 'pino'
import type { ApiKey } from './http/auth.ts'
import type { CapacityLimits } from './http/capacity.ts'

/** All that the HTTP app works with; made by `compose`, or by a test. */
export interface AppDeps {
  providers: ProviderManager
  /** The session package knows messages by their structure alone: this line does not compile unless ours fit it. */
  sessions: SessionManager<Message>
  tools: ToolRegistry
  agent: Agent
  log: Logger
  /** Used where a request names no model. */
  defaultModel: string
  /** Empty = open access from this machine. */
  keys: readonly ApiKey[]
  version: string
  /** False from the moment that the server drains. */
  isReady: () => boolean
  /** Ends every open stream when it aborts. */
  closing: AbortSignal
  /** Cancels a turn that nobody waits for; the app does not wait for it either. */
  cancelTurn: (key: SessionKey, turnId: string) => void
  /** Takes the usage of a request that belongs to no session; nobody waits for it to be written. */
  recordUsage: (row: LedgerRow) => void
  /** A file of the chat page. */
  page: (file: string) => string
  newRequestId: () => string
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: (() => number) | undefined
  capacity?: Partial<CapacityLimits> | undefined
  /** Milliseconds between heartbeats of a silent stream. Default 15 s. */
  keepAliveMs?: number | undefined
}
