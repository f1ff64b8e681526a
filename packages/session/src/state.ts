import type { Json, JsonRecord, SessionKey, SessionMessage, SessionUsage } from './types.ts'

/** How a turn stands. Only `running` is not final. */
export type TurnStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'interrupted'

/** A turn, as the log tells it. */
export interface TurnState {
  id: string
  status: TurnStatus
  /** As asked for while it runs; afterwards the model that really answered. */
  model: string
  /** Seq of its `turn.started` and of its terminal event. */
  startSeq: number
  endSeq?: number | undefined
  startedAt: number
  endedAt?: number | undefined
  stopReason?: string | undefined
  usage: SessionUsage
  costUsd?: number | undefined
  steps: number
  error?: { type: string; code: string; message: string } | undefined
  /** What was left out of its requests or answers, in words. */
  warnings?: readonly string[] | undefined
}

/** A message of the log with its place. */
export interface StoredMessage<M extends SessionMessage = SessionMessage> {
  id: string
  seq: number
  at: number
  turnId?: string | undefined
  /** True for what a failed, cancelled or interrupted turn had streamed. */
  partial?: boolean | undefined
  message: M
}

/** A session, folded from its log. Treat it as read-only: it is shared between readers. */
export interface SessionState<M extends SessionMessage = SessionMessage> {
  readonly key: SessionKey
  /** Seq of the last event that was folded. */
  readonly seq: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt: number
  readonly ttlMs: number
  readonly model: string
  readonly system?: string | undefined
  /** Undefined = all that are enabled and allowed. */
  readonly tools?: readonly string[] | undefined
  readonly metadata: JsonRecord
  readonly usage: SessionUsage
  readonly messages: readonly StoredMessage<M>[]
  readonly context: ReadonlyMap<string, Json>
  readonly turns: ReadonlyMap<string, TurnState>
  /** The turn that runs now. */
  readonly runningTurn?: string | undefined
}
