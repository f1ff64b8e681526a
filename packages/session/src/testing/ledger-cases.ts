import type { LedgerRow } from '../types.ts'
import type { ConformanceCase } from './harness.ts'
import { codeOf, createSession, event, key, note, row } from './helpers.ts'

/** What becomes of usage rows. */
export const ledgerCases: readonly ConformanceCase[] = [
  {
    name: 'keeps usage rows once per id, apart from sessions',
    run: async ({ store, expect }) => {
      await createSession(store)
      const full = row('turn_1', { sessionId: key.id, provider: 'mock', costUsd: 0.25, estimated: true })
      await store.append(key, [note(1)], { ledger: full })
      await store.record([row('turn_1', { model: 'another', costUsd: 99 })])
      await store.record([row('req_2', { costUsd: 0, estimated: false })])
      await store.record([row('turn_1', { tenant: 'other' })])
      await store.delete(key, event('session.deleted'))
      const first = await store.ledger(key.tenant, { limit: 1 })
      expect(first.rows).toEqual([full])
      await store.record([row('req_3')])
      const rest = await store.ledger(key.tenant, { limit: 5, cursor: first.nextCursor })
      expect(rest.rows).toEqual([row('req_2', { costUsd: 0, estimated: false }), row('req_3')])
      expect(rest.nextCursor).toBe(undefined)
      expect((await store.ledger('other', { limit: 5 })).rows.length).toBe(1)
      expect(await codeOf(store.ledger(key.tenant, { limit: 5, cursor: '1; DROP' }))).toBe('invalid')
    },
  },
  {
    name: 'takes many usage rows together, and reads them in their order',
    run: async ({ store, expect }) => {
      const ids = Array.from({ length: 300 }, (_, n) => `req_${(n * 7) % 300}`)
      const other = (id: string) => row(id, { tenant: 'other' })
      await store.record([])
      await store.record(ids.flatMap((id) => [row(id), other(id)]))
      await store.record([row('req_0'), row('late'), row('late', { at: 0 }), row('req_1')])
      const read: LedgerRow[] = []
      let cursor: string | undefined
      do {
        const page = await store.ledger(key.tenant, { limit: 64, cursor })
        read.push(...page.rows)
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(read).toEqual([...ids, 'late'].map((id) => row(id)))
      expect((await store.ledger('other', { limit: 301 })).rows).toEqual(ids.map(other))
    },
  },
  {
    name: 'keeps the order of each tenant among those of thousands',
    run: async ({ store, expect }) => {
      const ids = Array.from({ length: 2500 }, (_, n) => `req_${n}`)
      await store.record(ids.flatMap((id) => [row(id), row(id, { tenant: id })]))
      expect((await store.ledger(key.tenant, { limit: 2501 })).rows).toEqual(ids.map((id) => row(id)))
      expect((await store.ledger('req_999', { limit: 2 })).rows).toEqual([
        row('req_999', { tenant: 'req_999' }),
      ])
    },
  },
  {
    name: 'refuses the usage rows that it could not keep exactly, and those alone',
    run: async ({ store, expect }) => {
      const bad = [
        row('cost', { costUsd: Number.NaN }),
        row('time', { at: 0.5 }),
        row('count', { usage: { ...row('').usage, cacheReadTokens: Number.POSITIVE_INFINITY } }),
        row('', {}),
        row('model', { model: '\ud800' }),
        row('tenant', { tenant: 'x'.repeat(257) }),
      ]
      for (const each of bad) expect(await codeOf(store.record([each]))).toBe('invalid')
      const mixed = bad.flatMap((each, n) => [each, row(`req_${n}`)])
      expect(await codeOf(store.record(mixed))).toBe('invalid')
      const kept = await store.ledger(key.tenant, { limit: 99 })
      expect(kept.rows).toEqual(bad.map((_, n) => row(`req_${n}`)))
    },
  },
]
