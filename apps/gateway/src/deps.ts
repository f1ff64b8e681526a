import type { Agent } from '@gateway/agent'
import type { Message, ModelEntry, ProviderManager } from '@gateway/provider'
import type { LedgerRow, SessionKey, SessionManager } from '@gateway/session'
import type { ToolRegistry } from '@gateway/tool'
import type { Logger } from 'pino'
import type { Access } from './http/auth.ts'
import type { CapacityLimits } from './http/capacity.ts'
import type { Metrics } from './metrics/metrics.ts'

/** What a reload of the configuration may change. */
export interface AppSettings {
  /** Used where a request names no model. */
  defaultModel: string
  /** What is known of a provider's model. */
  modelEntry(provider: string, model: string): ModelEntry | undefined
}

/** All that the HTTP app works with; made by `compose`, or by a test. */
export interface AppDeps {
  providers: ProviderManager
  /** The session package knows messages by their structure alone: this line does not compile unless ours fit it. */
  sessions: SessionManager<Message>
  tools: ToolRegistry
  agent: Agent
  log: Logger
  metrics: Metrics
  /** What the configuration says now; to be asked for by each request. */
  settings: () => AppSettings
  access: Access
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
