import type { LedgerRow, NewSessionEvent, SessionEvent, SessionKey } from './types.ts'

/**
 * What survives: `memory` nothing beyond the process; `process-crash` a `kill -9`, not a power cut; `power-loss` both.
 */
export type Durability = 'memory' | 'process-crash' | 'power-loss'

/** What a store knows of a session without reading its log. */
export interface SessionHead {
  key: SessionKey
  /** Seq of the last event. */
  seq: number
  /** How many `message` events were written. */
  messages: number
  /** UTF-8 bytes of the JSON of all data that was written, deltas apart. */
  bytes: number
  /** Milliseconds since the epoch. */
  createdAt: number
  updatedAt: number
  expiresAt: number
  ttlMs: number
  /** The turn that holds the lease, if one does. */
  leaseOwner?: string | undefined
}

/** A remembered request: the turn that it started. */
export interface IdempotencyRecord {
  key: string
  bodyHash: string
  turnId: string
}

/** Conditions and companions of an append; all of it is one atomic step. */
export interface AppendOptions {
  /** The log must end here. Else SessionError `conflict`. */
  expectedSeq?: number | undefined
  /** The writer's lease must still be this one. Else SessionError `fenced`. */
  fence?: number | undefined
  /** Remember the request, or answer `duplicate` when it is known. Kept for `idempotencyMs` (24 h). */
  idempotency?: IdempotencyRecord | undefined
  /** A usage row that is written with the events. */
  ledger?: LedgerRow | undefined
  /** A new sliding life time, from now on. */
  ttlMs?: number | undefined
  /** The session must not hold more messages than this afterwards. Else SessionError `limit`. */
  maxMessages?: number | undefined
  /** The session must not hold more bytes than this afterwards, as `SessionHead.bytes` counts. Else SessionError `limit`. */
  maxBytes?: number | undefined
}

/** `missing`: no such session (never was, deleted or expired); nothing was written. */
export type AppendResult =
  | { status: 'appended'; seq: number; events: SessionEvent[] }
  | { status: 'duplicate'; turnId: string; bodyHash: string }
  | { status: 'missing' }

/** Which part of a log to read. */
export interface ReadOptions {
  /** Only events behind this seq; 0 = from the beginning. */
  after?: number | undefined
  limit?: number | undefined
  /** Event types to leave out, so that folds do not read deltas. */
  exclude?: readonly string[] | undefined
}

/** A running turn's right to write. */
export interface Lease {
  readonly fence: number
  /** False when the lease was lost. */
  renew(): Promise<boolean>
  release(): Promise<void>
}

/** Where session logs live. One published suite (`@gateway/session/testing`) says what every store must do. */
export interface SessionStore {
  readonly kind: string
  readonly durability: Durability
  /** Writes the first events of a session. SessionError `conflict` when it exists. */
  create(
    key: SessionKey,
    events: readonly NewSessionEvent[],
    options: { ttlMs: number },
  ): Promise<SessionHead>
  load(key: SessionKey): Promise<SessionHead | undefined>
  append(key: SessionKey, events: readonly NewSessionEvent[], options?: AppendOptions): Promise<AppendResult>
  /** Events in order; undefined for a missing session. */
  read(key: SessionKey, options?: ReadOptions): Promise<SessionEvent[] | undefined>
  /**
   * Replays what is behind `after`, then follows. Ends after `session.deleted` or `session.expired`, when the signal
   * aborts (quietly: it throws nothing), and when the store closes. A slow reader holds nothing in memory: it reads on from the log.
   */
  tail(key: SessionKey, options: { after: number; signal: AbortSignal }): AsyncIterable<SessionEvent>
  /** Sessions of a tenant, oldest first. `cursor` is opaque. */
  list(
    tenant: string,
    options: { limit: number; cursor?: string | undefined },
  ): Promise<{
    heads: SessionHead[]
    nextCursor?: string | undefined
  }>
  /** Appends `last` for those who follow, then forgets the log. False for a missing session. The ledger stays. */
  delete(key: SessionKey, last: NewSessionEvent): Promise<boolean>
  /** Deletes the sessions whose life is over and that no lease holds, at most `limit`; returns their keys. */
  expire(limit: number): Promise<SessionKey[]>
  /** Takes the right to write for a turn; undefined while another owner holds it, or for a missing session. */
  lease(key: SessionKey, owner: string): Promise<Lease | undefined>
  /**
   * Forgets the deltas of turns that ended before a time (their final messages hold the text), of at most `limit` turns;
   * returns how many turns. Seqs stay as they are: readers skip the gaps.
   */
  compact(options: { endedBefore: number; limit: number }): Promise<number>
  /** Keys whose log has a `turn.started` without its terminal event. Called once, before the server listens. */
  unfinished(): Promise<{ key: SessionKey; turnId: string }[]>
  findIdempotent(key: SessionKey, idempotencyKey: string): Promise<IdempotencyRecord | undefined>
  /**
   * Writes usage rows that belong to no session's event, in one step: some hundred are a good number. A tenant's first row
   * of an id stays. Rows that cannot be stored are left out, and then it rejects with SessionError `invalid` once the
   * others are written.
   */
  record(rows: readonly LedgerRow[]): Promise<void>
  /** Usage rows of a tenant, oldest first. */
  ledger(
    tenant: string,
    options: { limit: number; cursor?: string | undefined },
  ): Promise<{
    rows: LedgerRow[]
    nextCursor?: string | undefined
  }>
  close(): Promise<void>
}
