import { checkLimit } from '../cursor.ts'
import { type EncodedBatch, type EncodedEvent, encodeEvent, encodeEvents, toEvent } from '../encode.ts'
import { SessionError } from '../errors.ts'
import { checkAppendOptions, checkTtl, judge } from '../judge.ts'
import { checkKey, keyText } from '../keys.ts'
import { checkLedgerRows } from '../ledger-row.ts'
import type { AppendOptions, AppendResult, SessionStore } from '../store.ts'
import type { SessionEvent, SessionKey } from '../types.ts'
import type { StoreContext } from './context.ts'
import type { SessionRow } from './sessions.ts'

/** The half of the store that writes; leases are in memory and need no transaction. */
export type StoreWrites = Pick<
  SessionStore,
  'create' | 'append' | 'delete' | 'expire' | 'compact' | 'record' | 'lease'
>

/** Every write is a job of the commit queue. What can be refused is refused before it gets there. */
export function createWrites(context: StoreContext, idempotencyMs: number): StoreWrites {
  const { guard, find, sessions, queue, hub, now } = context
  const forgotten = (end: Forgotten) => {
    context.leases.drop(end.key)
    hub.end(keyText(end.key), end.last)
  }
  return {
    create: async (key, first, { ttlMs }) => {
      guard()
      checkKey(key)
      checkTtl(ttlMs)
      const batch = encodeEvents(first)
      const work = () => {
        if (sessions.find(key)) throw new SessionError('conflict', `The session ${key.id} exists already.`)
        const row = sessions.insert(key, now(), ttlMs)
        sessions.write(row, batch, row.head.createdAt)
        return context.toHead(row)
      }
      return queue.submit({ work })
    },
    append: async (key, added, options = {}) => {
      guard()
      const batch = encodeEvents(added)
      checkAppendOptions(options)
      const work = (): AppendResult => {
        const row = find(key)
        return row === undefined
          ? { status: 'missing' }
          : appendTo(context, row, batch, options, idempotencyMs)
      }
      const committed = (result: AppendResult) => {
        if (result.status === 'appended') hub.publish(keyText(key), result.events, batch.characters)
      }
      return queue.submit({ work, committed })
    },
    delete: async (key, last) => {
      guard()
      const encoded = encodeEvent(last)
      const work = () => {
        const row = find(key)
        return row && forget(context, row, encoded)
      }
      const end = await queue.submit({ work, committed: (result) => result && forgotten(result) })
      return end !== undefined
    },
    expire: async (limit) => {
      guard()
      checkLimit(limit)
      const work = () => {
        context.requests.expire(now())
        const last = encodeEvent({ type: 'session.expired', at: now(), data: {} })
        return overdue(context, limit).map((row) => forget(context, row, last))
      }
      const committed = (ends: Forgotten[]) => {
        for (const end of ends) forgotten(end)
      }
      const ends = await queue.submit({ work, committed })
      return ends.map(({ key }) => key)
    },
    compact: async ({ endedBefore, limit }) => {
      guard()
      checkLimit(limit)
      return queue.submit({ work: () => context.events.compact(endedBefore, limit) })
    },
    record: async (given) => {
      guard()
      const { rows, refusal } = checkLedgerRows(given)
      const work = () => context.ledger.add(rows)
      if (rows.length > 0) await queue.submit({ work })
      if (refusal !== undefined) throw refusal
    },
    lease: async (key, owner) =>
      context.reading(() => find(key)) === undefined ? undefined : context.leases.take(key, owner),
  }
}

function appendTo(
  { leases, requests, sessions, ledger, now }: StoreContext,
  row: SessionRow,
  batch: EncodedBatch,
  options: AppendOptions,
  idempotencyMs: number,
): AppendResult {
  const { idempotency, ttlMs } = options
  const at = now()
  const known = idempotency && requests.find(row.n, idempotency.key, at)
  const answer = judge({ ...row.head, fence: leases.fence(row.head.key), known }, batch, options)
  if (answer !== undefined) return answer
  const first = row.head.seq + 1
  row.head.ttlMs = ttlMs ?? row.head.ttlMs
  sessions.write(row, batch, at)
  if (idempotency) requests.add(row.n, idempotency, at + idempotencyMs)
  if (options.ledger) ledger.add([options.ledger])
  const written = batch.events.map((event, index) => toEvent(event, first + index))
  return { status: 'appended', seq: row.head.seq, events: written }
}

interface Forgotten {
  key: SessionKey
  last: SessionEvent
}

/** Removes a session; its last event is for those who follow it and goes with it. */
function forget({ sessions }: StoreContext, { n, head }: SessionRow, last: EncodedEvent): Forgotten {
  sessions.remove(n)
  return { key: head.key, last: toEvent(last, head.seq + 1) }
}

function overdue({ sessions, isOver, now }: StoreContext, limit: number): SessionRow[] {
  const rows: SessionRow[] = []
  for (const row of sessions.over(now())) {
    if (isOver(row)) rows.push(row)
    if (rows.length === limit) break
  }
  return rows
}
