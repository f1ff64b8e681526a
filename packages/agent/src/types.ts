import type { ContentBlock, Message, ProviderManager, Usage } from '@gateway/provider'
import type { FitContextOptions, JsonRecord, SessionKey, SessionManager, TurnState } from '@gateway/session'
import type { ToolRegistry } from '@gateway/tool'
import type { TurnLimits } from './limits.ts'

/** How much history a model reads, and how it is counted. */
export interface ContextBudget {
  /** Tokens for system prompt and messages together. */
  maxTokens: number
  tokenizer: FitContextOptions<Message>['tokenizer']
}

/** What an agent is made of. */
export interface AgentOptions {
  providers: ProviderManager
  sessions: SessionManager<Message>
  tools: ToolRegistry
  limits?: Partial<TurnLimits> | undefined
  /** Fits history into the model's window; without it, or where it answers undefined, all history is sent. */
  contextBudget?:
    | ((model: { provider: string; model: string }) => Promise<ContextBudget | undefined>)
    | undefined
  /** US dollars of an answer; undefined = unknown. Default: the price catalogue of `@gateway/provider`. */
  costOf?: ((provider: string, model: string, usage: Usage) => number | undefined) | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: (() => number) | undefined
  /** A fresh id with this prefix; at least 128 random bits. */
  generateId?: ((prefix: 'turn' | 'msg' | 'call') => string) | undefined
  /** Told of each turn's end, and of faults that no caller sees. Must not throw. */
  onTurnEnd?: ((end: TurnReport) => void) | undefined
}

/** A turn that ended, for logs and metrics. */
export interface TurnReport {
  key: SessionKey
  turnId: string
  /** Undefined when the session is gone, or the store cannot be read. */
  turn: TurnState | undefined
  /** Why it failed, with its cause; never shown to a client. Undefined where nothing failed. */
  error: unknown
}

/** One user message, and how to answer it. */
export interface StartTurnOptions {
  key: SessionKey
  content: string | ContentBlock[]
  /** Default: the session's model. */
  model?: string | undefined
  /** Names of the tools of this turn. Default: the session's, else all that are allowed. */
  tools?: readonly string[] | undefined
  maxTokens?: number | undefined
  temperature?: number | undefined
  /** Kept with the turn. */
  metadata?: JsonRecord | undefined
  /** A repeated key with the same body attaches to the turn that the first request started. */
  idempotency?: { key: string; bodyHash: string } | undefined
}

/**
 * What became of a request for a turn.
 * `started` and `attached` name the turn and the seq behind which its events are; `busy` names the turn that runs;
 * `mismatch`: the idempotency key was used with another body; `missing`: no such session.
 */
export type StartTurnResult =
  | { status: 'started' | 'attached'; turnId: string; afterSeq: number }
  | { status: 'busy'; turnId: string | undefined }
  | { status: 'mismatch'; turnId: string }
  | { status: 'missing' }

/** Runs turns over sessions. */
export interface Agent {
  /**
   * Accepts a message and starts its turn, which goes on whether or not anybody waits for it.
   * @throws ProviderError `not-found` when nobody serves the model, SessionError `limit` when the session is full,
   * AgentError `shutting-down` while draining.
   */
  startTurn(options: StartTurnOptions): Promise<StartTurnResult>
  /** Settles when the turn has ended; undefined for an unknown session or turn. Rejects only with the signal's reason. */
  waitForTurn(key: SessionKey, turnId: string, signal?: AbortSignal): Promise<TurnState | undefined>
  /** Stops a running turn and waits for its end; a turn that has ended is returned as it is. */
  cancel(key: SessionKey, turnId: string): Promise<TurnState | undefined>
  /** Stops whatever turn of the session runs here, and waits for its end. */
  cancelRunning(key: SessionKey): Promise<void>
  /** Turns that run in this process; all of them, or one tenant's. */
  running(tenant?: string): number
  /** Ends turns that an earlier process left running. Call it once, before the server listens; returns how many. */
  recover(): Promise<number>
  /** Starts no more turns, waits up to `graceMs` for those that run, then ends the rest as interrupted. */
  drain(graceMs: number): Promise<void>
}
