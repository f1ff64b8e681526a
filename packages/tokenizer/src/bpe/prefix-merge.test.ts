import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cl100kBase } from '../encodings/cl100k-base.ts'
import { o200kBase } from '../encodings/o200k-base.ts'
import { hostileUnits } from '../testing/corpus.ts'
import { createPrefixMerge } from './prefix-merge.ts'
import { createRankTable, type RankTable } from './rank-table.ts'
import { createSmallMerge } from './small-merge.ts'
import { createTokenPairs } from './token-pairs.ts'

const tables = [o200kBase, cl100kBase].map(({ ranks }) => createRankTable(ranks))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const prefixMergeOf = (table: RankTable) => createPrefixMerge(table, createTokenPairs(table))

const tokensOf = (merge: ReturnType<typeof prefixMergeOf>, bytes: Uint8Array): number[] => {
  merge.reset()
  merge.readTo(bytes, 0, bytes.length)
  const tokens: number[] = []
  merge.tokensAt(bytes.length, tokens)
  return tokens
}

const shortPiece = fc
  .array(fc.constantFrom(...hostileUnits, ...'etaoinshrdlu'), { minLength: 1, maxLength: 24 })
  .map((units) => utf8(units.join('')).subarray(0, 64))

test('merging from the left gives what merging by lowest rank gives, for every prefix', {
  timeout: 60_000,
}, () => {
  for (const table of tables) {
    const byRank = createSmallMerge(table)
    const fromLeft = prefixMergeOf(table)
    fc.assert(
      fc.property(shortPiece, (bytes) => {
        const tokens = tokensOf(fromLeft, bytes)
        const count = byRank.merge(bytes, 0, bytes.length)
        const expected = Array.from({ length: count }, (_, i) =>
          table.find(bytes, byRank.boundary(i), byRank.boundary(i + 1)),
        )
        expect(tokens).toEqual(expected)
        const prefixes = Array.from(bytes, (_, i) => i + 1)
        expect(prefixes.map(fromLeft.countAt)).toEqual(
          prefixes.map((length) => byRank.merge(bytes, 0, length)),
        )
      }),
      { numRuns: 400 },
    )
  }
})

/** Work of the table and of the merge for one piece; time would only show how busy the machine is. */
const workFor = (table: RankTable, bytes: Uint8Array): number => {
  let lookups = 0
  const counting: RankTable = {
    ...table,
    find: (...range) => {
      lookups += 1
      return table.find(...range)
    },
    findHashed: (...range) => {
      lookups += 1
      return table.findHashed(...range)
    },
  }
  const merge = prefixMergeOf(counting)
  merge.readTo(bytes, 0, bytes.length)
  return lookups + merge.attempts
}

test('the work for a piece is linear in its length, whatever is repeated in it', { timeout: 60_000 }, () => {
  for (const table of tables) {
    for (const unit of hostileUnits) {
      const bytes = utf8(unit.repeat(32_000)).subarray(0, 32_000)
      const half = workFor(table, bytes.subarray(0, 16_000))
      const whole = workFor(table, bytes)
      expect(whole / half, JSON.stringify(unit)).toBeLessThan(2.1)
      expect(whole / bytes.length, JSON.stringify(unit)).toBeLessThan(12)
    }
  }
})

test('the work for a long piece without a pattern is linear as well', { timeout: 60_000 }, () => {
  const letters = 'etaoinshrdlcumwfgypbvkjxqz'
  let state = 1
  const bytes = Uint8Array.from({ length: 64_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return letters.charCodeAt((state >>> 16) % 26)
  })
  for (const table of tables) {
    const whole = workFor(table, bytes)
    expect(whole / workFor(table, bytes.subarray(0, 32_000))).toBeLessThan(2.1)
    expect(whole / bytes.length).toBeLessThan(20)
  }
})

test('a table without single bytes is refused instead of looping', { timeout: 60_000 }, () => {
  const table = createRankTable('! 0 YQ==')
  expect(() => prefixMergeOf(table).readTo(utf8('ab'), 0, 2)).toThrow('single byte')
})
