import type { ConformanceCase } from './harness.ts'
import { codeOf, createSession, day, event, key, note, numbers, row, seqOf, seqs } from './helpers.ts'

const request = { key: 'retry-1', bodyHash: 'hash-1', turnId: 'turn_1' }

/** What an append can be made to depend on: seqs, leases, requests, caps. */
export const conditionCases: readonly ConformanceCase[] = [
  {
    name: 'refuses an append that expects another seq',
    run: async ({ store, expect }) => {
      await createSession(store)
      expect(seqOf(await store.append(key, [note(1)], { expectedSeq: 1 }))).toBe(2)
      expect(await codeOf(store.append(key, [note(2)], { expectedSeq: 1 }))).toBe('conflict')
      expect(await codeOf(store.append(key, [note(2)], { expectedSeq: 3 }))).toBe('conflict')
      expect(numbers(await store.read(key))).toEqual([1])
    },
  },
  {
    name: 'lets one of several parallel appends with the same expected seq win, and only spoils those',
    run: async ({ store, expect }) => {
      await createSession(store)
      const codes = await Promise.all([
        codeOf(store.append(key, [note(1)], { expectedSeq: 1 })),
        codeOf(store.append(key, [note(2)], { expectedSeq: 1 })),
        codeOf(store.append(key, [note(3)])),
        codeOf(store.append(key, [note(4)], { expectedSeq: 1 })),
      ])
      expect(codes.filter((code) => code === 'conflict').length).toBe(2)
      expect(codes[2]).toBe('no error')
      expect(numbers(await store.read(key))?.length).toBe(2)
    },
  },
  {
    name: 'gives the lease to one owner at a time',
    run: async ({ store, expect }) => {
      await createSession(store)
      const [first, second] = await Promise.all([store.lease(key, 'turn_a'), store.lease(key, 'turn_b')])
      expect([first === undefined, second === undefined]).toEqual([false, true])
      expect((await store.load(key))?.leaseOwner).toBe('turn_a')
      expect(await first?.renew()).toBe(true)
      await first?.release()
      expect(await first?.renew()).toBe(false)
      expect((await store.load(key))?.leaseOwner).toBe(undefined)
      expect((await store.lease(key, 'turn_b')) === undefined).toBe(false)
    },
  },
  {
    name: 'refuses the writer of a lease that is over',
    run: async ({ store, expect }) => {
      await createSession(store)
      const stale = await store.lease(key, 'turn_a')
      expect(seqOf(await store.append(key, [note(1)], { fence: stale?.fence }))).toBe(2)
      await stale?.release()
      expect(await codeOf(store.append(key, [note(2)], { fence: stale?.fence }))).toBe('fenced')
      const fresh = await store.lease(key, 'turn_b')
      expect((fresh?.fence ?? 0) > (stale?.fence ?? 0)).toBe(true)
      expect(await codeOf(store.append(key, [note(2)], { fence: stale?.fence }))).toBe('fenced')
      // Releasing a lease that is over takes nothing from its successor.
      await stale?.release()
      expect(seqOf(await store.append(key, [note(3)], { fence: fresh?.fence }))).toBe(3)
      expect(numbers(await store.read(key))).toEqual([1, 3])
    },
  },
  {
    name: 'gives the same owner a new lease and ends its earlier one',
    run: async ({ store, expect }) => {
      await createSession(store)
      const first = await store.lease(key, 'turn_a')
      const second = await store.lease(key, 'turn_a')
      expect(await first?.renew()).toBe(false)
      expect(await codeOf(store.append(key, [note(1)], { fence: first?.fence }))).toBe('fenced')
      expect(seqOf(await store.append(key, [note(2)], { fence: second?.fence }))).toBe(2)
    },
  },
  {
    name: 'answers a repeated request with the turn that it started',
    run: async ({ store, expect, advance }) => {
      await createSession(store)
      expect(await store.findIdempotent(key, request.key)).toBe(undefined)
      const lease = await store.lease(key, request.turnId)
      const options = { idempotency: request, expectedSeq: 1, fence: lease?.fence }
      expect(seqOf(await store.append(key, [note(1)], options))).toBe(2)
      await lease?.release()
      expect(await store.findIdempotent(key, request.key)).toEqual(request)
      const again = { ...options, idempotency: { ...request, bodyHash: 'hash-2', turnId: 'turn_2' } }
      expect(await store.append(key, [note(2)], again)).toEqual({
        status: 'duplicate',
        turnId: 'turn_1',
        bodyHash: 'hash-1',
      })
      expect(numbers(await store.read(key))).toEqual([1])
      expect(await store.findIdempotent({ ...key, id: 'other' }, request.key)).toBe(undefined)
      advance(day - 1)
      await store.append(key, [note(3)])
      advance(1)
      expect(await store.findIdempotent(key, request.key)).toBe(undefined)
      expect(seqOf(await store.append(key, [note(4)], { idempotency: request }))).toBe(4)
    },
  },
  {
    name: 'remembers a request together with its events or not at all',
    run: async ({ store, expect }) => {
      await createSession(store)
      const options = { idempotency: request, ledger: row('turn_1') }
      expect(await codeOf(store.append(key, [note(1)], { ...options, expectedSeq: 7 }))).toBe('conflict')
      expect(await store.findIdempotent(key, request.key)).toBe(undefined)
      expect((await store.ledger(key.tenant, { limit: 10 })).rows).toEqual([])
      const results = await Promise.all([1, 2, 3].map((n) => store.append(key, [note(n)], options)))
      expect(results.map(({ status }) => status)).toEqual(['appended', 'duplicate', 'duplicate'])
      expect(numbers(await store.read(key))).toEqual([1])
      expect((await store.ledger(key.tenant, { limit: 10 })).rows).toEqual([row('turn_1')])
    },
  },
  {
    name: 'holds a session to its caps',
    run: async ({ store, expect }) => {
      await createSession(store)
      const message = event('message', { a: 1 })
      expect(seqOf(await store.append(key, [message, message], { maxMessages: 2 }))).toBe(3)
      expect(await codeOf(store.append(key, [message], { maxMessages: 2 }))).toBe('limit')
      expect(seqOf(await store.append(key, [note(1)], { maxMessages: 2 }))).toBe(4)
      const { bytes = 0 } = (await store.load(key)) ?? {}
      expect(await codeOf(store.append(key, [event('note', {})], { maxBytes: bytes + 1 }))).toBe('limit')
      expect(seqOf(await store.append(key, [event('note', {})], { maxBytes: bytes + 2 }))).toBe(5)
      expect(seqs(await store.read(key))).toEqual([1, 2, 3, 4, 5])
    },
  },
]
