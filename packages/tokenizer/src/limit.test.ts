import { expect, test } from 'vitest'
import { createEncoding } from './bpe/encoding.ts'
import { createPieceMerge } from './bpe/piece-merge.ts'
import { createRankTable } from './bpe/rank-table.ts'
import { createRunningCount } from './bpe/running-count.ts'
import { o200kBase } from './encodings/o200k-base.ts'
import { createEstimate } from './estimate/estimate.ts'
import { type BoundedCount, isWithin } from './limit.ts'

const merge = createPieceMerge(createRankTable(o200kBase.ranks))
const exact = (): BoundedCount => {
  const running = createRunningCount('o200k', merge)
  return { ...running, atLeast: running.settled }
}
const estimate = (): BoundedCount => {
  const running = createEstimate('claude').startCount()
  return { ...running, atLeast: running.count }
}

/** The answer, and how many characters were read for it. */
const readFor = (
  counting: BoundedCount,
  text: string,
  max: number,
): [within: boolean, characters: number] => {
  let read = 0
  const push = (more: string): void => {
    read += more.length
    counting.push(more)
  }
  return [isWithin({ ...counting, push }, text, max), read]
}

test.each([
  ['exact', exact],
  ['estimate', estimate],
])('the %s count stops soon after the limit, however long the text is', (_, start) => {
  const text = 'Some words, and some more. '.repeat(40_000)
  const [within, read] = readFor(start(), text, 100)
  expect(within).toBe(false)
  expect(read).toBe(8_192)
  const counting = start()
  counting.push(text)
  const tokens = counting.count()
  expect(readFor(start(), text, tokens)).toEqual([true, text.length])
  expect(readFor(start(), text, tokens - 1)[0]).toBe(false)
})

test('an endless run, of which nothing is settled, is refused without counting it', () => {
  const encoding = createEncoding(o200kBase)
  const run = 'a'.repeat(8_000)
  // Such a run has eight letters to a token.
  expect(encoding.count(run)).toBe(1_000)
  expect(encoding.isWithinLimit(run, 1_000)).toBe(true)
  expect(encoding.isWithinLimit(run, 999)).toBe(false)
  // No token is longer than 128 bytes: a limit this small needs no look at the text.
  const unread: string = new Proxy(Object('x'.repeat(1_000_000)), {
    get: (text, key) => (key === 'length' ? text.length : expect.unreachable(`read ${String(key)}`)),
  })
  expect(encoding.isWithinLimit(unread, 7_000)).toBe(false)
})
