import { toEvent } from '../encode.ts'
import { batchCharacters, batchEvents } from '../live/follow.ts'
import type { SessionEvent, SessionKey } from '../types.ts'
import { integer, type SqlDatabase, text } from './database.ts'
import { toEncoded } from './sessions.ts'

/** Reads logs, and tidies them up. Writes belong into a transaction of the commit queue. */
export interface Events {
  read(n: number, after: number, limit: number, exclude: readonly string[]): SessionEvent[]
  /** What a follower reads at once. */
  batch(n: number, after: number): SessionEvent[]
  /** Forgets the deltas of at most `limit` turns that ended before a time; returns how many turns. */
  compact(endedBefore: number, limit: number): number
  unfinished(): { key: SessionKey; turnId: string }[]
}

/** Prepares the statements once. */
export function createEvents(db: SqlDatabase): Events {
  const read = db.prepare(
    `SELECT seq, type, turn_id, at, data FROM events
     WHERE session = ? AND seq > ? AND type NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?`,
  )
  const follow = db.prepare(
    'SELECT seq, type, turn_id, at, data FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  const old = db.prepare('SELECT session, turn_id, start_seq, end_seq FROM turns WHERE ended_at < ? LIMIT ?')
  const removeDeltas = db.prepare(
    "DELETE FROM events WHERE session = ? AND seq BETWEEN ? AND ? AND turn_id = ? AND type = 'delta'",
  )
  const removeTurn = db.prepare('DELETE FROM turns WHERE session = ? AND turn_id = ?')
  const unfinished = db.prepare(
    `SELECT tenant, id, turn_id FROM turns JOIN sessions ON sessions.n = turns.session
     WHERE ended_at IS NULL ORDER BY n, start_seq`,
  )

  return {
    read: (n, after, limit, exclude) =>
      read
        .all(n, after, JSON.stringify(exclude), limit)
        .map((row) => toEvent(toEncoded(row), integer(row, 'seq'))),
    batch: (n, after) => {
      const batch: SessionEvent[] = []
      let characters = 0
      for (const row of follow.iterate(n, after, batchEvents)) {
        const event = toEncoded(row)
        if (characters > 0 && characters + event.text.length > batchCharacters) break
        characters += event.text.length
        batch.push(toEvent(event, integer(row, 'seq')))
      }
      return batch
    },
    compact: (endedBefore, limit) => {
      const turns = old.all(endedBefore, limit)
      for (const turn of turns) {
        const n = integer(turn, 'session')
        const turnId = text(turn, 'turn_id')
        removeDeltas.run(n, integer(turn, 'start_seq'), integer(turn, 'end_seq'), turnId)
        removeTurn.run(n, turnId)
      }
      return turns.length
    },
    unfinished: () =>
      unfinished.all().map((row) => ({
        key: { tenant: text(row, 'tenant'), id: text(row, 'id') },
        turnId: text(row, 'turn_id'),
      })),
  }
}
