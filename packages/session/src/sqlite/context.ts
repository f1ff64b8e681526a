import { SessionError } from '../errors.ts'
import { isUsableKey } from '../keys.ts'
import { createLeases, type Leases } from '../leases.ts'
import { createHub, type Hub } from '../live/hub.ts'
import type { SessionHead } from '../store.ts'
import type { SessionKey } from '../types.ts'
import { type CommitQueue, createCommitQueue } from './commit-queue.ts'
import { toSessionError } from './database.ts'
import { createEvents, type Events } from './events.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { OwnedDatabase } from './open.ts'
import { createRequests, type Requests } from './requests.ts'
import { createSessions, type SessionRow, type Sessions } from './sessions.ts'

/** What the reading and the writing half of the store share. */
export interface StoreContext {
  sessions: Sessions
  events: Events
  ledger: Ledger
  requests: Requests
  queue: CommitQueue
  hub: Hub
  leases: Leases
  now: () => number
  isClosed(): boolean
  /** Throws SessionError `unavailable` when the store is closed. */
  guard(): void
  /** Runs a read; failures of SQLite become SessionErrors. */
  reading<T>(read: () => T): T
  /** True when a session's life is over. */
  isOver(row: SessionRow): boolean
  /** A session that is there for callers. */
  find(key: SessionKey): SessionRow | undefined
  toHead(row: SessionRow): SessionHead
  close(): void
}

/** Prepares all statements over a file that this process owns. */
export function createContext(file: OwnedDatabase, now: () => number): StoreContext {
  const sessions = createSessions(file.db)
  const queue = createCommitQueue(file.db)
  const hub = createHub()
  // Leases end with the process, so that they are not in the file. The count of opens keeps their fences growing.
  const leases = createLeases(file.opens * 2 ** 30)
  let closed = false

  const guard = () => {
    if (closed) throw new SessionError('unavailable', 'The store is closed: open another one.')
  }
  // Expiry is judged on every access; a lease keeps a session alive until its turn has ended.
  const isOver = ({ head }: SessionRow) => leases.fence(head.key) === undefined && head.expiresAt <= now()

  return {
    sessions,
    events: createEvents(file.db),
    ledger: createLedger(file.db),
    requests: createRequests(file.db),
    queue,
    hub,
    leases,
    now,
    isClosed: () => closed,
    guard,
    reading: (read) => {
      guard()
      try {
        return read()
      } catch (error) {
        throw toSessionError(error, 'Reading the session store')
      }
    },
    isOver,
    find: (key) => {
      const row = isUsableKey(key) ? sessions.find(key) : undefined
      return row === undefined || isOver(row) ? undefined : row
    },
    toHead: ({ head }) => ({ ...head, leaseOwner: leases.owner(head.key) }),
    close: () => {
      if (closed) return
      queue.flush()
      closed = true
      hub.close()
      file.close()
    },
  }
}
