import type { EventData } from './event-data.ts'
import type { SessionState, StoredMessage } from './state.ts'
import type { AppendOptions, AppendResult, Durability, Lease, ReadOptions } from './store.ts'
import type { Json, JsonRecord, LedgerRow, SessionEvent, SessionKey, SessionMessage } from './types.ts'

/** What a session starts with. */
export interface CreateSessionOptions {
  tenant: string
  model: string
  system?: string | undefined
  tools?: readonly string[] | undefined
  metadata?: JsonRecord | undefined
  /** Sliding life time in ms; default 24 h. */
  ttlMs?: number | undefined
}

/** What can be changed later; null removes, absent keeps. */
export interface UpdateSessionOptions {
  model?: string | undefined
  system?: string | null | undefined
  tools?: readonly string[] | null | undefined
  metadata?: JsonRecord | undefined
  ttlMs?: number | undefined
}

/** An event to append; the manager stamps its time. */
export type EventInput<M extends SessionMessage, T extends keyof EventData<M> = keyof EventData<M>> = {
  [K in T]: { type: K; turnId?: string | undefined; data: EventData<M>[K] }
}[T]

/** A page of a list, oldest first. `nextCursor` is undefined at the end. */
export interface Page<T> {
  data: T[]
  nextCursor?: string | undefined
}

/** Sessions over a store: folds, limits, life time. Missing sessions are `undefined` or `false`, never an error. */
export interface SessionManager<M extends SessionMessage = SessionMessage> {
  readonly store: { readonly kind: string; readonly durability: Durability }
  create(options: CreateSessionOptions): Promise<SessionState<M>>
  get(key: SessionKey): Promise<SessionState<M> | undefined>
  update(key: SessionKey, options: UpdateSessionOptions): Promise<SessionState<M> | undefined>
  delete(key: SessionKey): Promise<boolean>
  list(
    tenant: string,
    options?: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<SessionState<M>>>
  messages(
    key: SessionKey,
    options?: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<StoredMessage<M>> | undefined>
  /** Appends events atomically. SessionError `limit` when a cap of the session would be passed. */
  append(key: SessionKey, events: readonly EventInput<M>[], options?: AppendOptions): Promise<AppendResult>
  read(key: SessionKey, options?: ReadOptions): Promise<SessionEvent[] | undefined>
  tail(key: SessionKey, options: { after: number; signal: AbortSignal }): AsyncIterable<SessionEvent>
  setContext(key: SessionKey, name: string, value: Json): Promise<boolean>
  deleteContext(key: SessionKey, name: string): Promise<boolean>
  /** A new session with the log's prefix up to `afterSeq` (default: all). A turn that is cut by it ends `interrupted`. */
  fork(key: SessionKey, options?: { afterSeq?: number | undefined }): Promise<SessionState<M> | undefined>
  lease(key: SessionKey, turnId: string): Promise<Lease | undefined>
  unfinished(): Promise<{ key: SessionKey; turnId: string }[]>
  findIdempotent(
    key: SessionKey,
    idempotencyKey: string,
  ): Promise<{ turnId: string; bodyHash: string } | undefined>
  /** Writes usage rows that belong to no turn, as `SessionStore.record` does. */
  record(rows: readonly LedgerRow[]): Promise<void>
  /** Deletes what has expired; returns how many. Run it now and then; expiry is also enforced on read. */
  sweep(): Promise<number>
  close(): Promise<void>
}
