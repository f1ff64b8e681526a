import type { ConformanceCase } from './harness.ts'
import {
  codeOf,
  createSession,
  day,
  event,
  key,
  never,
  note,
  numbers,
  row,
  seqOf,
  seqs,
  start,
  take,
} from './helpers.ts'

const started = (turn: string) => event('turn.started', { model: 'mock' }, turn)
const delta = (turn: string) => event('delta', { text: 'x' }, turn)
const ended = (turn: string, at: number) => ({ ...event('turn.completed', {}, turn), at })

/** Life times, lists, turns, and what remains after all of it. */
export const lifeCases: readonly ConformanceCase[] = [
  {
    name: 'ends a session when its sliding life time is over',
    run: async ({ store, expect, advance }) => {
      await createSession(store, key, 1000)
      advance(900)
      await store.append(key, [note(1)])
      advance(999)
      expect((await store.load(key))?.seq).toBe(2)
      advance(1)
      expect(await store.load(key)).toBe(undefined)
      expect(await store.read(key)).toBe(undefined)
      expect((await store.append(key, [note(2)])).status).toBe('missing')
      expect(await store.lease(key, 'turn')).toBe(undefined)
      expect(await store.delete(key, event('session.deleted'))).toBe(false)
      expect((await store.list(key.tenant, { limit: 5 })).heads).toEqual([])
      expect(await store.expire(10)).toEqual([key])
      expect(await store.expire(10)).toEqual([])
    },
  },
  {
    name: 'takes a new life time with an append',
    run: async ({ store, expect, advance }) => {
      await createSession(store, key, 1000)
      await store.append(key, [note(1)], { ttlMs: 5000 })
      advance(4000)
      await store.append(key, [note(2)])
      const head = await store.load(key)
      expect([head?.ttlMs, head?.expiresAt]).toEqual([5000, start + 9000])
    },
  },
  {
    name: 'keeps a session alive while a lease holds it',
    run: async ({ store, expect, advance }) => {
      await createSession(store, key, 1000)
      const lease = await store.lease(key, 'turn_a')
      advance(2000)
      expect(await store.expire(10)).toEqual([])
      expect((await store.load(key))?.seq).toBe(1)
      expect((await store.list(key.tenant, { limit: 5 })).heads.length).toBe(1)
      expect(seqOf(await store.append(key, [note(1)], { fence: lease?.fence }))).toBe(2)
      advance(1000)
      await lease?.release()
      expect(await store.load(key)).toBe(undefined)
      expect(await store.expire(10)).toEqual([key])
    },
  },
  {
    name: 'expires at most as many sessions as it was asked to, of all tenants',
    run: async ({ store, expect, advance }) => {
      for (const tenant of ['a', 'b', 'c']) await createSession(store, { tenant, id: 'x' }, 1000)
      await createSession(store, key)
      advance(1000)
      const first = await store.expire(2)
      const second = await store.expire(2)
      expect([first.length, second.length]).toEqual([2, 1])
      expect([...first, ...second].map(({ tenant }) => tenant).sort()).toEqual(['a', 'b', 'c'])
      expect((await store.load(key))?.seq).toBe(1)
    },
  },
  {
    name: 'forgets a deleted session, its requests and its lease',
    run: async ({ store, expect }) => {
      await createSession(store)
      const lease = await store.lease(key, 'turn_a')
      const idempotency = { key: 'k', bodyHash: 'h', turnId: 'turn_a' }
      await store.append(key, [started('turn_a')], { idempotency, ledger: row('turn_a') })
      expect(await store.delete(key, event('session.deleted'))).toBe(true)
      expect(await store.delete(key, event('session.deleted'))).toBe(false)
      expect(await store.load(key)).toBe(undefined)
      expect((await store.append(key, [note(1)], { fence: lease?.fence })).status).toBe('missing')
      expect(await lease?.renew()).toBe(false)
      expect(await store.unfinished()).toEqual([])
      await createSession(store)
      expect(await store.findIdempotent(key, 'k')).toBe(undefined)
      expect(seqs(await store.read(key))).toEqual([1])
      expect((await store.lease(key, 'turn_b')) === undefined).toBe(false)
    },
  },
  {
    name: 'lists the sessions of a tenant, oldest first, while others come and go',
    run: async ({ store, expect, advance }) => {
      const id = (n: number) => `sess_${9 - n}`
      const at = (n: number) => ({ tenant: key.tenant, id: id(n) })
      for (const n of [0, 1, 2, 3, 4]) {
        await createSession(store, at(n))
        advance(1)
      }
      await createSession(store, { tenant: 'other', id: 'sess_x' })
      const first = await store.list(key.tenant, { limit: 2 })
      expect(first.heads.map((head) => head.key.id)).toEqual([id(0), id(1)])
      // What a page has named may be gone before the next one, and what comes meanwhile comes at the end.
      await store.delete(at(1), event('session.deleted'))
      await store.delete(at(2), event('session.deleted'))
      await createSession(store, at(5))
      const second = await store.list(key.tenant, { limit: 2, cursor: first.nextCursor })
      expect(second.heads.map((head) => head.key.id)).toEqual([id(3), id(4)])
      const third = await store.list(key.tenant, { limit: 2, cursor: second.nextCursor })
      expect(third.heads.map((head) => head.key.id)).toEqual([id(5)])
      expect(third.nextCursor).toBe(undefined)
      for (const cursor of ['', 'x', '5', '-1.sess', '1e3.sess', '1.', '1.\ud800']) {
        expect(await codeOf(store.list(key.tenant, { limit: 2, cursor })), cursor).toBe('invalid')
      }
      expect(await codeOf(store.list(key.tenant, { limit: 0 }))).toBe('invalid')
    },
  },
  {
    name: 'lists sessions of the same millisecond one by one',
    run: async ({ store, expect }) => {
      const ids = ['a', 'b', 'c', 'd', 'e']
      for (const id of [...ids].reverse()) await createSession(store, { tenant: key.tenant, id })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.list(key.tenant, { limit: 1, cursor })
        seen.push(...page.heads.map((head) => head.key.id))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(seen).toEqual(ids)
    },
  },
  {
    name: 'finds the turns that have no end',
    run: async ({ store, expect }) => {
      const other = { tenant: 'other', id: 'sess_two' }
      await createSession(store)
      await createSession(store, other)
      await store.append(key, [started('turn_1'), ended('turn_1', start), started('turn_2'), note(1)])
      await store.append(other, [started('turn_1'), event('turn.constructor', {}, 'turn_1')])
      await store.append(other, [event('turn.failed', {}, 'turn_of_nobody')])
      expect(await store.unfinished()).toEqual([
        { key, turnId: 'turn_2' },
        { key: other, turnId: 'turn_1' },
      ])
      await store.append(key, [event('turn.interrupted', {}, 'turn_2')])
      await store.append(other, [event('turn.cancelled', {}, 'turn_1')])
      expect(await store.unfinished()).toEqual([])
    },
  },
  {
    name: 'compacts the deltas of old turns and nothing else',
    run: async ({ store, expect }) => {
      await createSession(store)
      await store.append(key, [
        started('old'),
        delta('old'),
        note(1),
        delta('new'),
        delta('old'),
        ended('old', 1000),
      ])
      await store.append(key, [
        started('new'),
        delta('new'),
        ended('new', 2000),
        delta('old'),
        started('open'),
        delta('open'),
      ])
      expect(await store.compact({ endedBefore: 1000, limit: 5 })).toBe(0)
      expect(await store.compact({ endedBefore: 1001, limit: 5 })).toBe(1)
      const left = [1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13]
      expect(seqs(await store.read(key))).toEqual(left)
      // A reader from within the compacted turn gets what is left, and the log goes on behind it.
      expect(seqs(await take(store.tail(key, { after: 2, signal: never() }), 9))).toEqual(left.slice(2))
      expect(seqs(await store.read(key, { after: 3, limit: 2 }))).toEqual([4, 5])
      expect(seqOf(await store.append(key, [note(2)], { expectedSeq: 13 }))).toBe(14)
      expect(await store.compact({ endedBefore: 9000, limit: 5 })).toBe(1)
      expect(await store.compact({ endedBefore: 9000, limit: 5 })).toBe(0)
      expect((await store.unfinished()).map(({ turnId }) => turnId)).toEqual(['open'])
      expect(numbers(await store.read(key))).toEqual([1, 2])
    },
  },
  {
    name: 'compacts at most as many turns as it was asked to',
    run: async ({ store, expect }) => {
      await createSession(store)
      for (const turn of ['a', 'b', 'c'])
        await store.append(key, [started(turn), delta(turn), ended(turn, 1)])
      expect(await store.compact({ endedBefore: 2, limit: 2 })).toBe(2)
      expect(await store.compact({ endedBefore: 2, limit: 2 })).toBe(1)
      expect((await store.read(key))?.some(({ type }) => type === 'delta')).toBe(false)
    },
  },
  {
    name: 'refuses everything once it is closed',
    run: async ({ store, expect }) => {
      await createSession(store)
      await store.close()
      await store.close()
      expect(await codeOf(store.append(key, [note(1)]))).toBe('unavailable')
      expect(await codeOf(store.load(key))).toBe('unavailable')
      expect(await codeOf(store.read(key))).toBe('unavailable')
      expect(await codeOf(store.list(key.tenant, { limit: 1 }))).toBe('unavailable')
      expect(await codeOf(store.record([row('r')]))).toBe('unavailable')
    },
  },
  {
    name: 'has everything again when it is opened again, but no lease',
    needsReopen: true,
    run: async ({ store, expect, reopen }) => {
      await createSession(store)
      const lease = await store.lease(key, 'turn_1')
      const idempotency = { key: 'k', bodyHash: 'h', turnId: 'turn_1' }
      await store.append(key, [started('turn_1'), delta('turn_1')], {
        idempotency,
        ledger: row('r'),
        ttlMs: 2 * day,
      })
      const before = await store.read(key)
      const head = await store.load(key)
      await store.close()
      const again = await reopen?.()
      if (again === undefined) throw new Error('The suite asked for a store that can be reopened.')
      expect(await again.read(key)).toEqual(before)
      expect(await again.load(key)).toEqual({ ...head, leaseOwner: undefined })
      expect(await again.findIdempotent(key, 'k')).toEqual(idempotency)
      await again.record([row('late'), row('r', { at: 0 })])
      expect((await again.ledger(key.tenant, { limit: 5 })).rows).toEqual([row('r'), row('late')])
      expect(await again.unfinished()).toEqual([{ key, turnId: 'turn_1' }])
      expect(await codeOf(again.append(key, [note(1)], { fence: lease?.fence }))).toBe('fenced')
      const next = await again.lease(key, 'turn_2')
      expect((next?.fence ?? 0) > (lease?.fence ?? 0)).toBe(true)
      expect(await codeOf(again.append(key, [note(1)], { fence: lease?.fence }))).toBe('fenced')
      expect(seqOf(await again.append(key, [note(2)], { fence: next?.fence, expectedSeq: 3 }))).toBe(4)
      await again.close()
    },
  },
]
