import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cl100kBase } from '../encodings/cl100k-base.ts'
import { o200kBase } from '../encodings/o200k-base.ts'
import { p50kBase } from '../encodings/p50k-base.ts'
import { hostileUnits } from '../testing/corpus.ts'
import { createRankTable } from './rank-table.ts'
import { createSmallMerge } from './small-merge.ts'
import { createTokenPairs } from './token-pairs.ts'

const concat = (left: Uint8Array, right: Uint8Array): Uint8Array => Uint8Array.from([...left, ...right])

for (const { name, ranks } of [o200kBase, cl100kBase, p50kBase]) {
  const table = createRankTable(ranks)
  const merge = createSmallMerge(table)
  const pairs = createTokenPairs(table)

  /** The definition: merging the bytes of both gives just these two. */
  const isStable = (left: number, right: number): boolean => {
    const bytes = concat(table.bytesOf(left), table.bytesOf(right))
    const cut = table.lengthOf(left)
    return merge.merge(bytes, 0, bytes.length) === 2 && merge.boundary(1) === cut
  }

  /** Short enough that both together fit the merge that scans. */
  const hasRoom = (left: number, right: number): boolean =>
    table.lengthOf(left) > 0 &&
    table.lengthOf(right) > 0 &&
    table.lengthOf(left) + table.lengthOf(right) <= 100

  const expectAgreement = (left: number, right: number): void => {
    const bytes = concat(table.bytesOf(left), table.bytesOf(right))
    expect(pairs.areStable(left, right, bytes, table.lengthOf(left)), `${left}, ${right}`).toBe(
      isStable(left, right),
    )
  }

  test(`${name}: two tokens are stable side by side exactly where merging them changes nothing`, () => {
    const token = fc.oneof(fc.nat({ max: 2_000 }), fc.nat({ max: table.size - 1 }))
    fc.assert(
      fc.property(token, token, (left, right) => {
        if (hasRoom(left, right)) expectAgreement(left, right)
      }),
      { numRuns: 3_000 },
    )
  })

  test(`${name}: so it is for all tokens of one repeated unit, where ranks are equal`, () => {
    for (const unit of [...hostileUnits, 'q', 'j', 'Q', 'zz', ';', '~']) {
      const bytes = new TextEncoder().encode(unit.repeat(16)).subarray(0, 48)
      const tokens = new Set<number>()
      for (let start = 0; start < 4; start += 1) {
        for (let end = start + 1; end <= bytes.length; end += 1) {
          const token = table.find(bytes, start, end)
          if (token >= 0) tokens.add(token)
        }
      }
      for (const left of tokens)
        for (const right of tokens) if (hasRoom(left, right)) expectAgreement(left, right)
    }
  })
}
