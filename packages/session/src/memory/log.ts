import { type EncodedBatch, toEvent } from '../encode.ts'
import { batchCharacters, batchEvents } from '../live/follow.ts'
import type { IdempotencyRecord, SessionHead } from '../store.ts'
import { markTurn, type TurnSpan } from '../turn-index.ts'
import type { SessionEvent, SessionKey } from '../types.ts'

/** One session in memory: its head and what hangs on it. Events are frozen, so that readers may share them. */
export interface Log {
  head: SessionHead
  events: { event: SessionEvent; characters: number }[]
  turns: Map<string, TurnSpan>
  requests: Map<string, { record: IdempotencyRecord; until: number }>
}

/** An empty log that lives for `ttlMs` from `at` on. */
export const newLog = (key: SessionKey, at: number, ttlMs: number): Log => ({
  head: {
    key: { tenant: key.tenant, id: key.id },
    seq: 0,
    messages: 0,
    bytes: 0,
    createdAt: at,
    updatedAt: at,
    expiresAt: at + ttlMs,
    ttlMs,
  },
  events: [],
  turns: new Map(),
  requests: new Map(),
})

/** Appends events, moves the head along, and returns them as readers see them. */
export function writeLog({ head, events, turns }: Log, batch: EncodedBatch, at: number): SessionEvent[] {
  const written: SessionEvent[] = []
  for (const event of batch.events) {
    head.seq += 1
    const frozen = toEvent(event, head.seq)
    events.push({ event: frozen, characters: event.text.length })
    markTurn(turns, event, head.seq)
    written.push(frozen)
  }
  head.messages += batch.messages
  head.bytes += batch.bytes
  head.updatedAt = at
  head.expiresAt = at + head.ttlMs
  return written
}

/** Index of the first event behind a seq. Compaction leaves gaps, so it is searched for. */
export function firstBehind({ events }: Log, after: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.event.seq ?? 0) > after) high = middle
    else low = middle + 1
  }
  return low
}

/** What a follower reads at once: at least one event where there is one, else no more than the bounds allow. */
export function nextBatch(log: Log, after: number): SessionEvent[] {
  const batch: SessionEvent[] = []
  let characters = 0
  for (let index = firstBehind(log, after); batch.length < batchEvents; index += 1) {
    const held = log.events[index]
    if (held === undefined || (characters > 0 && characters + held.characters > batchCharacters)) break
    characters += held.characters
    batch.push(held.event)
  }
  return batch
}

/** Forgets the deltas of turns that ended before a time; returns how many turns, at most `limit`. */
export function compactLog(log: Log, endedBefore: number, limit: number): number {
  const old = [...log.turns].filter(([, turn]) => (turn.endedAt ?? endedBefore) < endedBefore).slice(0, limit)
  for (const [turnId, { endSeq = 0 }] of old) {
    log.turns.delete(turnId)
    log.events = log.events.filter(
      ({ event }) => event.type !== 'delta' || event.turnId !== turnId || event.seq > endSeq,
    )
  }
  return old.length
}
