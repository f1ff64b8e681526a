import { checkLimit, fromListCursor, fromPositionCursor, isBehind, toListCursor, toPage } from './cursor.ts'
import { encodeEvent, encodeEvents, toEvent } from './encode.ts'
import { SessionError } from './errors.ts'
import { checkAppendOptions, checkTtl, judge } from './judge.ts'
import { checkKey, isUsableKey, keyText } from './keys.ts'
import { createLeases } from './leases.ts'
import { checkLedgerRows } from './ledger-row.ts'
import { follow } from './live/follow.ts'
import { createHub } from './live/hub.ts'
import { createMemoryLedger } from './memory/ledger.ts'
import { compactLog, firstBehind, type Log, newLog, nextBatch, writeLog } from './memory/log.ts'
import type { SessionHead, SessionStore } from './store.ts'
import type { NewSessionEvent, SessionKey } from './types.ts'

/** Options of `createMemoryStore`. */
export interface MemoryStoreOptions {
  /** Milliseconds since the epoch. @defaultValue Date.now */
  now?: (() => number) | undefined
  /** How long a request is remembered. @defaultValue 24 h */
  idempotencyMs?: number | undefined
  /** Usage rows that are kept for each tenant; beyond that the oldest go. @defaultValue 100000 */
  maxLedgerRows?: number | undefined
}

/**
 * The reference store: everything lives in this process and ends with it. Right for tests, demonstrations and
 * conversations that nobody would miss.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): SessionStore {
  const { now = Date.now, idempotencyMs = 86_400_000, maxLedgerRows = 100_000 } = options
  const logs = new Map<string, Log>()
  const leases = createLeases(1)
  const hub = createHub()
  const ledger = createMemoryLedger(maxLedgerRows)
  let closed = false

  const guard = () => {
    if (closed) throw new SessionError('unavailable', 'The store is closed: open another one.')
  }
  // Expiry is judged on every access; a lease keeps a session alive until its turn has ended.
  const isOver = ({ head }: Log) => leases.fence(head.key) === undefined && head.expiresAt <= now()
  const find = (key: SessionKey): Log | undefined => {
    guard()
    const log = isUsableKey(key) ? logs.get(keyText(key)) : undefined
    return log === undefined || isOver(log) ? undefined : log
  }
  const toHead = ({ head }: Log): SessionHead => ({
    ...head,
    key: { ...head.key },
    leaseOwner: leases.owner(head.key),
  })
  const request = (log: Log, idempotencyKey: string) => {
    const known = log.requests.get(idempotencyKey)
    return known !== undefined && known.until > now() ? { ...known.record } : undefined
  }
  const forget = ({ head }: Log, last: NewSessionEvent) => {
    const event = toEvent(encodeEvent(last), head.seq + 1)
    logs.delete(keyText(head.key))
    leases.drop(head.key)
    hub.end(keyText(head.key), event)
  }

  return {
    kind: 'memory',
    durability: 'memory',
    create: async (key, events, { ttlMs }) => {
      guard()
      checkKey(key)
      checkTtl(ttlMs)
      const batch = encodeEvents(events)
      if (logs.has(keyText(key))) throw new SessionError('conflict', `The session ${key.id} exists already.`)
      const at = now()
      const log = newLog(key, at, ttlMs)
      writeLog(log, batch, at)
      logs.set(keyText(key), log)
      return toHead(log)
    },
    load: async (key) => {
      const log = find(key)
      return log && toHead(log)
    },
    append: async (key, events, conditions = {}) => {
      const batch = encodeEvents(events)
      checkAppendOptions(conditions)
      const log = find(key)
      if (log === undefined) return { status: 'missing' }
      const { idempotency, ttlMs } = conditions
      const known = idempotency && request(log, idempotency.key)
      const answer = judge({ ...log.head, fence: leases.fence(key), known }, batch, conditions)
      if (answer !== undefined) return answer
      log.head.ttlMs = ttlMs ?? log.head.ttlMs
      const written = writeLog(log, batch, now())
      if (idempotency) {
        log.requests.set(idempotency.key, { record: { ...idempotency }, until: now() + idempotencyMs })
      }
      if (conditions.ledger) ledger.add(conditions.ledger)
      hub.publish(keyText(key), written, batch.characters)
      return { status: 'appended', seq: log.head.seq, events: written }
    },
    read: async (key, { after = 0, limit, exclude = [] } = {}) => {
      const log = find(key)
      if (log === undefined) return undefined
      const found = log.events
        .slice(firstBehind(log, after))
        .filter(({ event }) => !exclude.includes(event.type))
      return found.slice(0, limit).map(({ event }) => event)
    },
    tail: (key, place) => {
      const batch = (after: number) => {
        const log = logs.get(keyText(key))
        return log && nextBatch(log, after)
      }
      return follow(hub, keyText(key), { exists: () => !closed && find(key) !== undefined, batch }, place)
    },
    list: async (tenant, { limit, cursor }) => {
      guard()
      checkLimit(limit)
      const from = cursor === undefined ? undefined : fromListCursor(cursor)
      const heads = [...logs.values()]
        .filter((log) => log.head.key.tenant === tenant && !isOver(log))
        .map(toHead)
      const rest = heads.filter((head) => from === undefined || isBehind(head, from))
      const sorted = rest.sort((a, b) => (isBehind(a, { createdAt: b.createdAt, id: b.key.id }) ? 1 : -1))
      const { items, nextCursor } = toPage(sorted, limit, toListCursor)
      return { heads: items, nextCursor }
    },
    delete: async (key, last) => {
      const log = find(key)
      if (log !== undefined) forget(log, last)
      return log !== undefined
    },
    expire: async (limit) => {
      guard()
      checkLimit(limit)
      const over = [...logs.values()].filter(isOver).slice(0, limit)
      for (const log of over) forget(log, { type: 'session.expired', at: now(), data: {} })
      for (const { requests } of logs.values()) {
        for (const [name, { until }] of requests) if (until <= now()) requests.delete(name)
      }
      return over.map((log) => log.head.key)
    },
    lease: async (key, owner) => (find(key) === undefined ? undefined : leases.take(key, owner)),
    compact: async ({ endedBefore, limit }) => {
      guard()
      checkLimit(limit)
      let turns = 0
      for (const log of logs.values()) turns += compactLog(log, endedBefore, limit - turns)
      return turns
    },
    unfinished: async () => {
      guard()
      const alive = [...logs.values()].filter((log) => !isOver(log))
      return alive.flatMap(({ head, turns }) =>
        [...turns].flatMap(([turnId, turn]) =>
          turn.endSeq === undefined ? [{ key: { ...head.key }, turnId }] : [],
        ),
      )
    },
    findIdempotent: async (key, idempotencyKey) => {
      const log = find(key)
      return log && request(log, idempotencyKey)
    },
    record: async (given) => {
      guard()
      const { rows, refusal } = checkLedgerRows(given)
      for (const row of rows) ledger.add(row)
      if (refusal !== undefined) throw refusal
    },
    ledger: async (tenant, { limit, cursor }) => {
      guard()
      checkLimit(limit)
      const from = cursor === undefined ? 0 : fromPositionCursor(cursor)
      const { rows, start } = ledger.rows(tenant, from, limit + 1)
      const { items, nextCursor } = toPage(rows, limit, () => `${start + limit}`)
      return { rows: items, nextCursor }
    },
    close: async () => {
      closed = true
      hub.close()
    },
  }
}
