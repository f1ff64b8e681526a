import type { JsonRecord } from '../types.ts'
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
  seqOf,
  seqs,
  start,
  take,
} from './helpers.ts'

/** The log itself: order, seqs, data, tenants. */
export const logCases: readonly ConformanceCase[] = [
  {
    name: 'creates a session once and knows its head',
    run: async ({ store, expect, advance }) => {
      const head = await store.create(key, [event('session.created', { a: 1 }), note(1)], { ttlMs: day })
      expect(head.key).toEqual(key)
      expect([head.seq, head.createdAt, head.updatedAt, head.expiresAt, head.ttlMs]).toEqual([
        2,
        start,
        start,
        start + day,
        day,
      ])
      expect(await codeOf(createSession(store))).toBe('conflict')
      advance(5)
      await store.append(key, [note(2)])
      const later = await store.load(key)
      expect([later?.seq, later?.createdAt, later?.updatedAt]).toEqual([3, start, start + 5])
      expect(later?.leaseOwner).toBe(undefined)
    },
  },
  {
    name: 'numbers events from 1 without gaps, in the order of the appends',
    run: async ({ store, expect }) => {
      await createSession(store)
      expect(seqOf(await store.append(key, [note(1), note(2)]))).toBe(3)
      expect(seqOf(await store.append(key, []))).toBe(3)
      expect(seqOf(await store.append(key, [note(3)]))).toBe(4)
      const events = await store.read(key)
      expect(seqs(events)).toEqual([1, 2, 3, 4])
      expect(numbers(events)).toEqual([1, 2, 3])
      expect(events?.map(({ v }) => v)).toEqual([1, 1, 1, 1])
    },
  },
  {
    name: 'gives every one of many parallel appends its own place',
    run: async ({ store, expect }) => {
      await createSession(store)
      const other = { ...key, id: 'sess_two' }
      await createSession(store, other)
      const wanted = Array.from({ length: 200 }, (_, n) => n)
      const results = await Promise.all(
        wanted.map((n) => store.append(n % 2 === 0 ? key : other, [note(n), note(n + 1000)])),
      )
      for (const [half, at] of [key, other].entries()) {
        const events = (await store.read(at)) ?? []
        expect(seqs(events)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1))
        const acknowledged = results.flatMap((result, n) =>
          n % 2 === half && result.status === 'appended' ? [...result.events] : [],
        )
        acknowledged.sort((a, b) => a.seq - b.seq)
        expect(events.slice(1)).toEqual(acknowledged)
      }
    },
  },
  {
    name: 'reads behind a seq, up to a limit, without excluded types',
    run: async ({ store, expect }) => {
      await createSession(store)
      await store.append(key, [note(1), event('delta', { text: 'a' }), note(2), event('delta', {}), note(3)])
      expect(seqs(await store.read(key, { after: 2 }))).toEqual([3, 4, 5, 6])
      expect(seqs(await store.read(key, { after: 1, exclude: ['delta'] }))).toEqual([2, 4, 6])
      expect(seqs(await store.read(key, { after: 1, exclude: ['delta', 'note'] }))).toEqual([])
      expect(seqs(await store.read(key, { after: 1, exclude: ['delta'], limit: 2 }))).toEqual([2, 4])
      expect(seqs(await store.read(key, { after: 6 }))).toEqual([])
      expect(seqs(await store.read(key, { after: 99 }))).toEqual([])
    },
  },
  {
    name: 'keeps data as it was written, whatever is in it',
    run: async ({ store, expect }) => {
      await createSession(store)
      const text = 'naïve 日本語 🧵 \u0000 \ud800 \u2028 "quoted" \\ \r\n'
      const hostile: JsonRecord = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":1,"toString":null,"":0}',
      )
      const data: JsonRecord = { text, hostile, nested: [[], {}, [null, -0.5, 1e300]], flag: false }
      const result = await store.append(key, [event('someone-elses.type', data, 'turn_ü')])
      const [read] = (await store.read(key, { after: 1 })) ?? []
      const [followed] = await take(store.tail(key, { after: 1, signal: never() }), 1)
      const written = result.status === 'appended' ? result.events[0] : undefined
      for (const found of [read, followed, written]) {
        expect(JSON.stringify(found?.data)).toBe(JSON.stringify(data))
        expect([found?.type, found?.turnId, found?.at]).toEqual(['someone-elses.type', 'turn_ü', start])
        expect(Object.getPrototypeOf(found?.data.hostile)).toBe(Object.prototype)
      }
    },
  },
  {
    name: 'shares no data with its callers',
    run: async ({ store, expect }) => {
      await createSession(store)
      const data = { list: [1] }
      const result = await store.append(key, [event('note', data)])
      data.list.push(2)
      const written = result.status === 'appended' ? result.events[0] : undefined
      const [read] = (await store.read(key, { after: 1 })) ?? []
      for (const found of [written, read]) {
        const list = found?.data.list
        // Frozen or fresh: both keep the log as it is.
        if (Array.isArray(list) && !Object.isFrozen(list)) list.push(3)
      }
      const [again] = (await store.read(key, { after: 1 })) ?? []
      expect(again?.data).toEqual({ list: [1] })
    },
  },
  {
    name: 'keeps an event of several megabytes',
    run: async ({ store, expect }) => {
      await createSession(store)
      const text = 'Größe '.repeat(1 << 19)
      await store.append(key, [event('message', { text }), note(1)])
      const [large, small] = await take(store.tail(key, { after: 1, signal: never() }), 2)
      expect(large?.data.text === text).toBe(true)
      expect(small?.data.n).toBe(1)
    },
  },
  {
    name: 'counts messages and bytes, deltas apart',
    run: async ({ store, expect }) => {
      await store.create(key, [event('session.created', {})], { ttlMs: day })
      await store.append(key, [
        event('message', { a: 'ü' }),
        event('delta', { text: 'not counted' }),
        event('note', {}),
      ])
      const head = await store.load(key)
      // {} + {"a":"ü"} + {}
      expect([head?.messages, head?.bytes]).toEqual([1, 2 + 10 + 2])
    },
  },
  {
    name: 'refuses what it could not keep, and writes nothing of it',
    run: async ({ store, expect }) => {
      await createSession(store)
      const cycle: JsonRecord = {}
      cycle.self = { cycle }
      expect(await codeOf(store.append(key, [note(1), event('note', cycle)]))).toBe('invalid')
      expect(await codeOf(store.append(key, [{ ...note(1), at: Number.NaN }]))).toBe('invalid')
      expect(await codeOf(store.append(key, [{ ...note(1), type: '' }]))).toBe('invalid')
      expect(await codeOf(store.append(key, [note(1)], { ttlMs: 0 }))).toBe('invalid')
      expect(await codeOf(createSession(store, { tenant: 'a\ud800', id: 'x' }))).toBe('invalid')
      expect(await codeOf(createSession(store, { tenant: '', id: 'x' }))).toBe('invalid')
      expect(seqs(await store.read(key))).toEqual([1])
    },
  },
  {
    name: 'keeps tenants apart, also where their names nearly meet',
    run: async ({ store, expect }) => {
      await createSession(store, { tenant: 'ab', id: 'c' })
      const others = [
        { tenant: 'a', id: 'bc' },
        { tenant: 'b', id: 'c' },
        { tenant: 'AB', id: 'c' },
        { tenant: 'ab\ud800', id: 'c' },
        { tenant: 'ab', id: 'c\0' },
      ]
      for (const other of others) {
        expect(await store.load(other)).toBe(undefined)
        expect(await store.read(other)).toBe(undefined)
        expect((await store.append(other, [note(1)])).status).toBe('missing')
        expect(await store.lease(other, 'turn')).toBe(undefined)
        expect(await store.findIdempotent(other, 'k')).toBe(undefined)
        expect(await store.delete(other, event('session.deleted'))).toBe(false)
        expect(await take(store.tail(other, { after: 0, signal: never() }), 1)).toEqual([])
      }
      expect((await store.list('a', { limit: 10 })).heads).toEqual([])
      expect(seqs(await store.read({ tenant: 'ab', id: 'c' }))).toEqual([1])
    },
  },
]
