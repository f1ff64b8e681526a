import { expect, test } from 'vitest'
import { type Act, answers } from './script/test-support.ts'
import { type Cell, cells, run, toTitle } from './test-support.ts'

const streams = cells.filter(({ isStream }) => isStream).map((cell) => ({ title: toTitle(cell), cell }))
const late = (ms: number): Act[] => [{ type: 'wait', ms }, ...answers('first')]

/** Who answered, where the first target thinks for so long. */
const whoAnswers = async (cell: Cell, ms: number, limits: { timeouts?: object; isSlow: boolean }) => {
  const entry = { firstTokenMs: 300_000 }
  const catalogue = { 'p1/gpt-4.1': entry, 'p1/claude-sonnet-4-5': entry }
  const { text } = await run(cell, [[late(ms)], [answers('second')]], {
    route: { timeouts: { totalMs: 900_000, ...limits.timeouts } },
    manager: limits.isSlow ? { catalogue } : {},
  })
  return text
}

test.for(streams)('a model that thinks long is given the time that it needs: $title', async ({ cell }) => {
  expect(await whoAnswers(cell, 200_000, { isSlow: false })).toBe('second')
  expect(await whoAnswers(cell, 200_000, { isSlow: true })).toBe('first')
  expect(await whoAnswers(cell, 310_000, { isSlow: true })).toBe('second')
  // What the operator set for the route holds.
  const timeouts = { firstTokenMs: 20_000 }
  expect(await whoAnswers(cell, 30_000, { isSlow: true, timeouts })).toBe('second')
})
