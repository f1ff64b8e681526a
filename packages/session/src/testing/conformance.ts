import { conditionCases } from './condition-cases.ts'
import type { ConformanceCase, ConformanceHarness, MakeStore } from './harness.ts'
import { start } from './helpers.ts'
import { ledgerCases } from './ledger-cases.ts'
import { lifeCases } from './life-cases.ts'
import { logCases } from './log-cases.ts'
import { tailCases } from './tail-cases.ts'

const cases: readonly ConformanceCase[] = [
  ...logCases,
  ...conditionCases,
  ...ledgerCases,
  ...lifeCases,
  ...tailCases,
]

/**
 * Registers the tests that every `SessionStore` must pass. Declare or fail: a test that a store is not held to must be
 * named in `skip`, where it shows as skipped. Throws for a name that is no test of the suite.
 *
 * @example
 * sessionStoreConformance('memory', ({ now }) => ({ store: createMemoryStore({ now }) }), {
 *   test, expect, skip: ['has everything again when it is opened again, but no lease'],
 * })
 */
export function sessionStoreConformance(name: string, make: MakeStore, harness: ConformanceHarness): void {
  const { test, expect, skip = [] } = harness
  const unknown = skip.filter((title) => !cases.some((known) => known.name === title))
  if (unknown.length > 0) throw new Error(`No such tests to skip: ${unknown.join('; ')}`)
  for (const { name: title, needsReopen, run } of cases) {
    const register = skip.includes(title) ? test.skip : test
    register(`${name} store: ${title}`, async () => {
      let time = start
      const now = () => time
      const advance = (milliseconds: number) => {
        time += milliseconds
      }
      const { store, reopen, cleanup } = await make({ now })
      if (needsReopen && reopen === undefined)
        throw new Error(`Give \`reopen\`, or name the test in \`skip\`.`)
      try {
        await run({ store, expect, now, advance, reopen })
      } finally {
        await store.close()
        await cleanup?.()
      }
    })
  }
}
