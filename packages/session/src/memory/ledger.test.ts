import fc from 'fast-check'
import { expect, test } from 'vitest'
import { row } from '../testing/helpers.ts'
import type { LedgerRow } from '../types.ts'
import { createMemoryLedger } from './ledger.ts'

const rows: fc.Arbitrary<LedgerRow> = fc
  .record({
    id: fc.nat(60).map(String),
    tenant: fc.constantFrom('acme', 'other'),
    sessionId: fc.option(fc.string(), { nil: undefined }),
    model: fc.string(),
    provider: fc.option(fc.constantFrom('', 'a', 'b'), { nil: undefined }),
    at: fc.maxSafeInteger(),
    costUsd: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
    estimated: fc.option(fc.boolean(), { nil: undefined }),
    usage: fc.record({
      inputTokens: fc.maxSafeNat(),
      outputTokens: fc.nat(),
      cacheReadTokens: fc.nat(),
      cacheWriteTokens: fc.nat(),
      reasoningTokens: fc.nat(),
    }),
  })
  .map(({ id, ...fields }) => row(id, fields))

test('the newest rows of each tenant are kept as they were, each id once, and at most a tenth more than asked for', () => {
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 120 }), fc.integer({ min: 1, max: 25 }), (added, maxRows) => {
      const ledger = createMemoryLedger(maxRows)
      const known = new Map<string, LedgerRow[]>([
        ['acme', []],
        ['other', []],
      ])
      for (const each of added) {
        const own = known.get(each.tenant) ?? []
        const { rows: kept } = ledger.rows(each.tenant, 0, 1000)
        if (!kept.some(({ id }) => id === each.id)) own.push(each)
        ledger.add(each)
      }
      for (const [tenant, own] of known) {
        const { rows: kept, start } = ledger.rows(tenant, 0, 1000)
        expect(kept).toEqual(own.slice(start))
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(own.length, maxRows))
        expect(kept.length).toBeLessThanOrEqual(maxRows + Math.max(1, maxRows / 10))
        // From any position on: what is there, or what comes next.
        for (let from = 0; from <= own.length + 1; from += 1) {
          const part = ledger.rows(tenant, from, 3)
          expect(part.start).toBe(Math.max(from, start))
          expect(part.rows).toEqual(own.slice(part.start, part.start + 3))
        }
      }
    }),
  )
})

test('what was added and what was read can be changed without a trace', () => {
  const ledger = createMemoryLedger(10)
  const mine = row('req_1')
  ledger.add(mine)
  mine.usage.inputTokens = 99
  for (const read of ledger.rows('acme', 0, 1).rows) read.usage.inputTokens = 99
  expect(ledger.rows('acme', 0, 1).rows).toEqual([row('req_1')])
})
