import type { RankTable } from './rank-table.ts'
import { createSmallMerge } from './small-merge.ts'

/** Which tokens can stand side by side in a finished merge. */
export interface TokenPairs {
  /** Whether merging the bytes of the token gives that token; some tokens only ever match a whole piece. */
  isReachable(token: number): boolean
  /**
   * Whether merging the bytes of `left` and `right` gives just these two.
   * `bytes` has them side by side, `right` starting at `boundary`.
   */
  areStable(left: number, right: number, bytes: Uint8Array, boundary: number): boolean
}

const unknown = 0
const none = 0x7fffffff
const whole = -1
const unreachable = -2

/**
 * A finished merge is a sequence of tokens in which each pair is stable, and there is only one such sequence: until
 * the first merge across a boundary, the bytes of each token merge as if they were alone. So the end of a merge can
 * be found from left to right, one neighbour at a time (the idea is that of the `bpe` crate,
 * https://github.blog/ai-and-ml/llms/so-many-tokens-so-little-time-introducing-a-faster-more-flexible-byte-pair-tokenizer/).
 *
 * This holds where single bytes have the lowest ranks and every other token is made of two of lower rank, which a
 * test shows for each table.
 */
export const createTokenPairs = (table: RankTable): TokenPairs => {
  const merge = createSmallMerge(table)
  // The last merge that makes a token: how many bytes its left part has, and both parts' ranks.
  const leftLength = new Int16Array(table.size)
  const leftPart = new Int32Array(table.size)
  const rightPart = new Int32Array(table.size)

  const lastMerge = (token: number): number => {
    const known = leftLength[token] ?? unknown
    if (known !== unknown) return known
    const bytes = table.bytesOf(token)
    let length = whole
    if (bytes.length > 1) {
      length = merge.merge(bytes, 0, bytes.length, 2) === 2 ? merge.boundary(1) : unreachable
      if (length > 0) {
        leftPart[token] = table.find(bytes, 0, length)
        rightPart[token] = table.find(bytes, length, bytes.length)
      }
    }
    leftLength[token] = length
    return length
  }

  const isReachable = (token: number): boolean => lastMerge(token) !== unreachable

  return {
    isReachable,
    areStable(left, right, bytes, boundary) {
      if (!isReachable(left) || !isReachable(right)) return false
      // Runs the merge backwards. `a` ends and `b` starts at the boundary; both stood there until a merge of rank
      // `limit` took one of them away. Had `a` and `b` a rank below that, they would have merged instead.
      let a = left
      let b = right
      let start = boundary - table.lengthOf(a)
      let end = boundary + table.lengthOf(b)
      let limit = none
      for (;;) {
        if (end - start <= table.longest) {
          const joined = table.find(bytes, start, end)
          if (joined >= 0 && joined < limit) return false
        }
        // The later of two merges has the higher rank; of equal ranks the right one, as the leftmost goes first.
        const undoLeft = a > b
        const length = lastMerge(undoLeft ? a : b)
        // Bytes have the lowest ranks: where the later part is one, both are, and nothing was merged before.
        if (length === whole) return true
        if (undoLeft) {
          limit = a
          start += length
          a = rightPart[a] ?? 0
        } else {
          // A merge across the boundary is left of one in `b`: at equal rank it goes first.
          limit = b + 1
          end = boundary + length
          b = leftPart[b] ?? 0
        }
      }
    },
  }
}
