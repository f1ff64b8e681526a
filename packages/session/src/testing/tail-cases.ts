import type { SessionEvent } from '../types.ts'
import type { ConformanceCase } from './harness.ts'
import { codeOf, createSession, event, key, never, note, numbers, seqs, take } from './helpers.ts'

/** Following a log. */
export const tailCases: readonly ConformanceCase[] = [
  {
    name: 'replays a log and goes on live, without a gap between',
    run: async ({ store, expect }) => {
      await createSession(store)
      await store.append(key, [note(1), note(2)])
      const seen: SessionEvent[] = []
      for await (const next of store.tail(key, { after: 0, signal: never() })) {
        seen.push(next)
        // Appends are made at every point of the way, so that one of them meets the step from replay to live.
        if (next.seq < 12) await store.append(key, [note(next.seq + 2)])
        if (next.seq === 13) break
      }
      expect(seqs(seen)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
      expect(seen).toEqual((await store.read(key, { limit: 13 })) ?? [])
    },
  },
  {
    name: 'gives the same log to followers that begin anywhere and whenever',
    run: async ({ store, expect }) => {
      await createSession(store)
      const total = 30
      const tails: Promise<SessionEvent[]>[] = []
      for (let seq = 1; seq < total; seq += 1) {
        for (const after of [0, seq - 1, seq, seq + 5]) {
          if (after < total) tails.push(take(store.tail(key, { after, signal: never() }), total - after))
        }
        await store.append(key, [note(seq)])
      }
      const log = (await store.read(key)) ?? []
      for (const tail of await Promise.all(tails)) {
        expect(tail).toEqual(log.slice(total - tail.length))
      }
    },
  },
  {
    name: 'serves hundreds of followers of one session',
    run: async ({ store, expect }) => {
      await createSession(store)
      const followers = Array.from({ length: 300 }, () =>
        take(store.tail(key, { after: 1, signal: never() }), 50),
      )
      for (let n = 0; n < 50; n += 5) {
        await store.append(
          key,
          [0, 1, 2, 3, 4].map((step) => note(n + step)),
        )
      }
      const wanted = Array.from({ length: 50 }, (_, n) => n)
      for (const events of await Promise.all(followers)) expect(numbers(events)).toEqual(wanted)
    },
  },
  {
    name: 'lets a slow reader catch up from the log',
    run: async ({ store, expect }) => {
      await createSession(store)
      const tail = store.tail(key, { after: 0, signal: never() })[Symbol.asyncIterator]()
      expect((await tail.next()).value?.seq).toBe(1)
      for (let n = 0; n < 600; n += 100) {
        await store.append(
          key,
          Array.from({ length: 100 }, (_, step) => note(n + step)),
        )
      }
      const seen: unknown[] = []
      while (seen.length < 600) seen.push((await tail.next()).value?.data.n)
      expect(seen).toEqual(Array.from({ length: 600 }, (_, n) => n))
      await tail.return?.()
    },
  },
  {
    name: 'ends a follower when its signal aborts, also while it waits',
    run: async ({ store, expect }) => {
      await createSession(store)
      const waiting = new AbortController()
      const idle = take(store.tail(key, { after: 1, signal: waiting.signal }), 1)
      const busy = new AbortController()
      const tail = store.tail(key, { after: 0, signal: busy.signal })[Symbol.asyncIterator]()
      await store.append(key, [])
      await tail.next()
      waiting.abort()
      busy.abort()
      expect(await idle).toEqual([])
      expect((await tail.next()).done).toBe(true)
      expect(await take(store.tail(key, { after: 0, signal: AbortSignal.abort() }), 1)).toEqual([])
    },
  },
  {
    name: 'waits for events behind a seq that is not there yet',
    run: async ({ store, expect }) => {
      await createSession(store)
      const tail = take(store.tail(key, { after: 3, signal: never() }), 1)
      await store.append(key, [note(1), note(2)])
      await store.append(key, [note(3)])
      expect(numbers(await tail)).toEqual([3])
    },
  },
  {
    name: 'refuses to follow from what is no seq',
    run: async ({ store, expect }) => {
      await createSession(store)
      for (const after of [-1, 0.5, Number.NaN]) {
        expect(await codeOf(take(store.tail(key, { after, signal: never() }), 1)), String(after)).toBe(
          'invalid',
        )
      }
    },
  },
  {
    name: 'ends followers with the last event of a deleted session',
    run: async ({ store, expect }) => {
      await createSession(store)
      const live = take(store.tail(key, { after: 1, signal: never() }), 9)
      const slow = store.tail(key, { after: 0, signal: never() })[Symbol.asyncIterator]()
      await slow.next()
      await store.append(key, [note(1)])
      await store.delete(key, event('session.deleted', { by: 'test' }))
      // A younger session of the same name is not theirs.
      await createSession(store)
      await store.append(key, [note(7), note(8), note(9)])
      expect((await live).map(({ seq, type }) => [seq, type])).toEqual([
        [2, 'note'],
        [3, 'session.deleted'],
      ])
      const rest: (string | undefined)[] = []
      for (let next = await slow.next(); !next.done; next = await slow.next()) rest.push(next.value.type)
      expect(rest.at(-1)).toBe('session.deleted')
      expect(seqs(await take(store.tail(key, { after: 0, signal: never() }), 4))).toEqual([1, 2, 3, 4])
    },
  },
  {
    name: 'ends followers with the last event of an expired session',
    run: async ({ store, expect, advance }) => {
      await createSession(store, key, 1000)
      const live = take(store.tail(key, { after: 1, signal: never() }), 9)
      await store.append(key, [note(1)])
      advance(1000)
      expect(await take(store.tail(key, { after: 0, signal: never() }), 1)).toEqual([])
      await store.expire(10)
      expect((await live).map(({ seq, type }) => [seq, type])).toEqual([
        [2, 'note'],
        [3, 'session.expired'],
      ])
    },
  },
  {
    name: 'ends followers when it closes',
    run: async ({ store, expect }) => {
      await createSession(store)
      const idle = take(store.tail(key, { after: 1, signal: never() }), 1)
      await store.append(key, [])
      await store.close()
      expect(await idle).toEqual([])
      expect(await take(store.tail(key, { after: 0, signal: never() }), 1)).toEqual([])
    },
  },
]
