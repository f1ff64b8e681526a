import { openOwned } from './sqlite/open.ts'
import { createStoreOver } from './sqlite/store.ts'
import type { SessionStore } from './store.ts'

/** Options of `createSqliteStore`. */
export interface SqliteStoreOptions {
  /** The file; it and its folder are made where they are missing. Beside it lie `-wal`, `-shm` and `-lock`. */
  path: string
  /** Milliseconds since the epoch. @defaultValue Date.now */
  now?: (() => number) | undefined
  /** How long a request is remembered. @defaultValue 24 h */
  idempotencyMs?: number | undefined
  /** How long a write waits for another program's lock on the file; it blocks the process. @defaultValue 1000 */
  busyTimeoutMs?: number | undefined
}

/**
 * Sessions in one SQLite file, owned by this process until the store is closed or the process ends in any way. What an
 * append acknowledged survives a power cut; appends that are made together share one fsync.
 *
 * Throws SessionError `unavailable` when another process owns the file, `corrupt` when it is damaged, of another program
 * or of a newer format.
 */
export function createSqliteStore(options: SqliteStoreOptions): SessionStore {
  const { path, now = Date.now, idempotencyMs = 86_400_000, busyTimeoutMs = 1000 } = options
  return createStoreOver(openOwned(path, busyTimeoutMs, now), now, idempotencyMs)
}
