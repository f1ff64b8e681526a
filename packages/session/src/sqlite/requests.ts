import type { IdempotencyRecord } from '../store.ts'
import { type SqlDatabase, text } from './database.ts'

/** Remembered requests. Writes belong into a transaction of the commit queue. */
export interface Requests {
  find(n: number, key: string, now: number): IdempotencyRecord | undefined
  add(n: number, record: IdempotencyRecord, expiresAt: number): void
  expire(now: number): void
}

/** Prepares the statements once. */
export function createRequests(db: SqlDatabase): Requests {
  const find = db.prepare(
    'SELECT key, body_hash, turn_id FROM idempotency WHERE session = ? AND key = ? AND expires_at > ?',
  )
  const add = db.prepare(
    'INSERT OR REPLACE INTO idempotency (session, key, body_hash, turn_id, expires_at) VALUES (?, ?, ?, ?, ?)',
  )
  const expire = db.prepare('DELETE FROM idempotency WHERE expires_at <= ?')
  return {
    find: (n, key, now) => {
      const row = find.get(n, key, now)
      return row && { key: text(row, 'key'), bodyHash: text(row, 'body_hash'), turnId: text(row, 'turn_id') }
    },
    add: (n, { key, bodyHash, turnId }, expiresAt) => {
      add.run(n, key, bodyHash, turnId, expiresAt)
    },
    expire: (now) => {
      expire.run(now)
    },
  }
}
