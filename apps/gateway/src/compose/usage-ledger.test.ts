import {
  createMemoryStore,
  createSessionManager,
  type LedgerRow,
  noUsage,
  SessionError,
} from '@gateway/session'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createUsageLedger } from './usage-ledger.ts'

const row = (id: number): LedgerRow => ({
  tenant: 'acme',
  id: `req_${id}`,
  model: 'm',
  at: 0,
  usage: noUsage(),
})

/** A ledger over a store that the test can make fail. */
const make = (options: { maxRows?: number } = {}) => {
  const written: string[][] = []
  let fault: Error | undefined
  const lines: string[] = []
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
  const record = async (rows: readonly LedgerRow[]) => {
    if (fault !== undefined) throw fault
    written.push(rows.map(({ id }) => id))
  }
  const timers = new Map<() => void, number>()
  const later = (run: () => void, ms: number) => {
    timers.set(run, ms)
    return () => void timers.delete(run)
  }
  const ledger = createUsageLedger({ record, log, later, ...options })
  return {
    ledger,
    timers,
    /** Lets the time come that something waits for. */
    async elapse() {
      for (const run of timers.keys()) run()
      await new Promise(setImmediate)
    },
    written,
    lines,
    failWith: (error: Error | undefined) => {
      fault = error
    },
  }
}

test('rows are written together, a second after the first of them', async () => {
  const { ledger, written, timers, elapse } = make()
  ledger.add(row(1))
  ledger.add(row(2))
  expect([...timers.values()]).toEqual([1000])
  expect(written).toEqual([])
  await elapse()
  expect(written).toEqual([['req_1', 'req_2']])
  expect(timers.size).toBe(0)
  ledger.add(row(3))
  await elapse()
  expect(written[1]).toEqual(['req_3'])
})

test('a flush writes what waits at once, in batches, and leaves no timer', async () => {
  const { ledger, written, timers } = make()
  for (let id = 0; id < 1200; id += 1) ledger.add(row(id))
  expect(timers.size).toBe(1)
  await ledger.flush()
  expect(written.map((rows) => rows.length)).toEqual([500, 500, 200])
  await ledger.flush()
  expect(written).toHaveLength(3)
  expect(timers.size).toBe(0)
})

test('while the store takes none rows wait in their order, up to a bound that the log tells of', async () => {
  const { ledger, written, lines, failWith } = make({ maxRows: 10 })
  failWith(new SessionError('unavailable', 'disk full'))
  for (let id = 1; id <= 4; id += 1) ledger.add(row(id))
  await ledger.flush()
  expect(lines.join('')).toContain('usage rows could not be written')
  for (let id = 5; id <= 11; id += 1) ledger.add(row(id))
  expect(lines.at(-1)).toContain('usage rows are lost')
  failWith(undefined)
  await ledger.flush()
  expect(written.flat()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((id) => `req_${id}`))
})

test('rows that the store will never take do not stand in the way of others', async () => {
  const { ledger, written, lines, failWith } = make()
  failWith(new SessionError('invalid', 'not a number'))
  ledger.add(row(1))
  await ledger.flush()
  failWith(undefined)
  ledger.add(row(2))
  await ledger.flush()
  expect(written).toEqual([['req_2']])
  expect(lines.join('')).toContain('usage rows are lost')
})

test('rows end up in the ledger of the session store', async () => {
  const store = createMemoryStore()
  const sessions = createSessionManager({ store })
  const ledger = createUsageLedger({ record: sessions.record, log: pino({ level: 'silent' }) })
  ledger.add(row(1))
  await ledger.flush()
  expect((await store.ledger('acme', { limit: 5 })).rows).toEqual([row(1)])
})
