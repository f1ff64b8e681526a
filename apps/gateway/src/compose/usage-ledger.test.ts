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

/** Lets everything happen that waits for nothing. */
const settle = () => new Promise(setImmediate)

/** A ledger over a store that the test can make fail. */
const make = (options: { maxRows?: number; batchRows?: number } = {}) => {
  const written: string[][] = []
  let fault: Error | undefined
  let asked = 0
  let gate: Promise<void> | undefined
  const lines: string[] = []
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
  const record = async (rows: readonly LedgerRow[]) => {
    asked += 1
    await gate
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
      for (const run of timers.keys()) {
        timers.delete(run)
        run()
      }
      await settle()
    },
    written,
    lines,
    asked: () => asked,
    /** Holds the store up until what it returns is called. */
    holdUp() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
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

test('rows that make a batch are written at once, and those that come meanwhile wait for others again', async () => {
  const { ledger, written, timers, elapse, holdUp } = make({ batchRows: 3 })
  const proceed = holdUp()
  for (let id = 1; id <= 8; id += 1) ledger.add(row(id))
  proceed()
  await settle()
  expect(written).toEqual([
    ['req_1', 'req_2', 'req_3'],
    ['req_4', 'req_5', 'req_6'],
  ])
  expect(timers.size).toBe(1)
  await elapse()
  expect(written[2]).toEqual(['req_7', 'req_8'])
  expect(timers.size).toBe(0)
})

test('a flush writes all that waits, also what comes while a batch is written, and leaves no timer', async () => {
  const { ledger, written, timers, holdUp } = make({ batchRows: 3 })
  const proceed = holdUp()
  for (let id = 1; id <= 4; id += 1) ledger.add(row(id))
  const flushed = ledger.flush()
  ledger.add(row(5))
  expect(written).toEqual([])
  proceed()
  await flushed
  expect(written).toEqual([
    ['req_1', 'req_2', 'req_3'],
    ['req_4', 'req_5'],
  ])
  await ledger.flush()
  expect(written).toHaveLength(2)
  expect(timers.size).toBe(0)
})

test('a batch is some hundred rows', async () => {
  const { ledger, written } = make()
  for (let id = 0; id < 450; id += 1) ledger.add(row(id))
  await ledger.flush()
  expect(written.map((rows) => rows.length)).toEqual([200, 200, 50])
})

test('a store that takes none is asked again once a second, however many rows come', async () => {
  const { ledger, asked, elapse, failWith, written } = make({ batchRows: 2 })
  failWith(new SessionError('unavailable', 'disk full'))
  for (let id = 1; id <= 2; id += 1) ledger.add(row(id))
  await settle()
  for (let id = 3; id <= 9; id += 1) {
    ledger.add(row(id))
    await settle()
  }
  expect(asked()).toBe(1)
  await elapse()
  expect(asked()).toBe(2)
  failWith(undefined)
  ledger.add(row(10))
  await elapse()
  expect(written.flat()).toEqual(Array.from({ length: 10 }, (_, n) => `req_${n + 1}`))
  // And then at once again.
  ledger.add(row(11))
  ledger.add(row(12))
  await settle()
  expect(written.at(-1)).toEqual(['req_11', 'req_12'])
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
  failWith(new SessionError('invalid', '1 of 1 usage rows cannot be stored'))
  ledger.add(row(1))
  await ledger.flush()
  failWith(undefined)
  ledger.add(row(2))
  await ledger.flush()
  expect(written).toEqual([['req_2']])
  expect(lines.join('')).toMatch(/1 of 1 usage rows cannot be stored.*usage rows are lost/)
})

test('rows end up in the ledger of the session store', async () => {
  const store = createMemoryStore()
  const sessions = createSessionManager({ store })
  const ledger = createUsageLedger({ record: sessions.record, log: pino({ level: 'silent' }) })
  for (const each of [row(1), { ...row(2), at: Number.NaN }, row(3)]) ledger.add(each)
  await ledger.flush()
  expect((await store.ledger('acme', { limit: 5 })).rows).toEqual([row(1), row(3)])
})
