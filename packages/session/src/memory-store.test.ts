import { expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.ts'
import { sessionStoreConformance } from './testing.ts'
import { noUsage } from './usage.ts'

sessionStoreConformance('memory', ({ now }) => ({ store: createMemoryStore({ now }) }), {
  test,
  expect,
  skip: ['has everything again when it is opened again, but no lease'],
})

test('a memory store says that it keeps nothing beyond the process', () => {
  const store = createMemoryStore()
  expect([store.kind, store.durability]).toEqual(['memory', 'memory'])
})

test('of a busy tenant the newest usage rows are kept, and a cursor into what is gone reads on behind it', async () => {
  const store = createMemoryStore({ maxLedgerRows: 10 })
  const usage = noUsage()
  const record = async (tenant: string, ids: number[]) => {
    for (const id of ids) await store.record([{ tenant, id: `req_${id}`, model: 'm', at: 0, usage }])
  }
  const idsOf = async (cursor?: string) => {
    const { rows, nextCursor } = await store.ledger('acme', { limit: 4, cursor })
    return { ids: rows.map(({ id }) => id), nextCursor }
  }
  await record('other', [1])
  await record('acme', [1, 2, 3, 4, 5, 6])
  const { nextCursor } = await idsOf()
  await record('acme', [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17])
  expect((await idsOf(nextCursor)).ids).toEqual(['req_7', 'req_8', 'req_9', 'req_10'])
  const next = await idsOf((await idsOf(nextCursor)).nextCursor)
  expect(next.ids).toEqual(['req_11', 'req_12', 'req_13', 'req_14'])
  expect((await idsOf(next.nextCursor)).ids).toEqual(['req_15', 'req_16', 'req_17'])
  expect((await store.ledger('other', { limit: 4 })).rows).toHaveLength(1)
})
