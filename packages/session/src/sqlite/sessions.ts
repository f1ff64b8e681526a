import type { EncodedBatch, EncodedEvent } from '../encode.ts'
import type { SessionHead } from '../store.ts'
import { turnMark } from '../turn-index.ts'
import type { SessionKey } from '../types.ts'
import { integer, optionalText, type SqlDatabase, type SqlRow, type SqlStatement, text } from './database.ts'

/** A session's row: its head and the number that its events are kept under. */
export interface SessionRow {
  n: number
  head: SessionHead
}

/** Reads and writes sessions and their logs. Writes belong into a transaction of the commit queue. */
export interface Sessions {
  find(key: SessionKey): SessionRow | undefined
  insert(key: SessionKey, at: number, ttlMs: number): SessionRow
  /** Writes events behind the head and moves the head along. */
  write(row: SessionRow, batch: EncodedBatch, at: number): void
  remove(n: number): void
  /** Sessions of a tenant behind a place, oldest first. */
  byAge(tenant: string, createdAt: number, id: string): Iterable<SessionRow>
  /** Sessions whose life ended before a time. */
  over(at: number): Iterable<SessionRow>
}

const columns = 'n, tenant, id, seq, messages, bytes, created_at, updated_at, expires_at, ttl_ms'

/** Prepares the statements once. */
export function createSessions(db: SqlDatabase): Sessions {
  const find = db.prepare(`SELECT ${columns} FROM sessions WHERE tenant = ? AND id = ?`)
  const byAge = db.prepare(
    `SELECT ${columns} FROM sessions WHERE tenant = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id`,
  )
  const over = db.prepare(`SELECT ${columns} FROM sessions WHERE expires_at <= ? ORDER BY expires_at`)
  const insert = db.prepare(
    `INSERT INTO sessions (tenant, id, seq, messages, bytes, created_at, updated_at, expires_at, ttl_ms)
     VALUES (?, ?, 0, 0, 0, ?, ?, ?, ?) RETURNING ${columns}`,
  )
  const move = db.prepare(
    'UPDATE sessions SET seq = ?, messages = ?, bytes = ?, updated_at = ?, expires_at = ?, ttl_ms = ? WHERE n = ?',
  )
  const insertEvent = db.prepare(
    'INSERT INTO events (session, seq, type, turn_id, at, data) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const markTurn = prepareTurns(db)
  const removals = ['events', 'turns', 'idempotency'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE session = ?`),
  )
  const remove = db.prepare('DELETE FROM sessions WHERE n = ?')

  return {
    find: ({ tenant, id }) => {
      const row = find.get(tenant, id)
      return row && toSession(row)
    },
    insert: ({ tenant, id }, at, ttlMs) => {
      const [row] = insert.all(tenant, id, at, at, at + ttlMs, ttlMs)
      if (row === undefined) throw new Error('INSERT returned no row')
      return toSession(row)
    },
    write: ({ n, head }, batch, at) => {
      for (const event of batch.events) {
        head.seq += 1
        insertEvent.run(n, head.seq, event.type, event.turnId ?? null, event.at, event.text)
        markTurn(n, event, head.seq)
      }
      head.messages += batch.messages
      head.bytes += batch.bytes
      head.updatedAt = at
      head.expiresAt = at + head.ttlMs
      move.run(head.seq, head.messages, head.bytes, head.updatedAt, head.expiresAt, head.ttlMs, n)
    },
    remove: (n) => {
      for (const statement of removals) statement.run(n)
      remove.run(n)
    },
    byAge: (tenant, createdAt, id) => sessionsOf(byAge.iterate(tenant, createdAt, id)),
    over: (at) => sessionsOf(over.iterate(at)),
  }
}

/** Keeps the index of turns, from which unfinished turns and those to compact are found. */
function prepareTurns(db: SqlDatabase): (n: number, event: EncodedEvent, seq: number) => void {
  const start: SqlStatement = db.prepare(
    `INSERT INTO turns (session, turn_id, start_seq) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET end_seq = NULL, ended_at = NULL`,
  )
  const end = db.prepare('UPDATE turns SET end_seq = ?, ended_at = ? WHERE session = ? AND turn_id = ?')
  return (n, { type, turnId, at }, seq) => {
    const mark = turnMark(type)
    if (mark === undefined || turnId === undefined) return
    if (mark === 'start') start.run(n, turnId, seq)
    else end.run(seq, at, n, turnId)
  }
}

function* sessionsOf(rows: Iterable<SqlRow>): Iterable<SessionRow> {
  for (const row of rows) yield toSession(row)
}

const toSession = (row: SqlRow): SessionRow => ({
  n: integer(row, 'n'),
  head: {
    key: { tenant: text(row, 'tenant'), id: text(row, 'id') },
    seq: integer(row, 'seq'),
    messages: integer(row, 'messages'),
    bytes: integer(row, 'bytes'),
    createdAt: integer(row, 'created_at'),
    updatedAt: integer(row, 'updated_at'),
    expiresAt: integer(row, 'expires_at'),
    ttlMs: integer(row, 'ttl_ms'),
  },
})

/** The event of a row, as it was encoded. */
export const toEncoded = (row: SqlRow): EncodedEvent => ({
  type: text(row, 'type'),
  turnId: optionalText(row, 'turn_id'),
  at: integer(row, 'at'),
  text: text(row, 'data'),
})
