import type { RankTable } from './rank-table.ts'

/** Pieces up to this many bytes are merged by scanning for the lowest rank: no set-up, and at most 64² / 2 steps. */
export const smallPieceBytes = 64

/** Merges within short byte ranges, as the reference does. */
export interface SmallMerge {
  /** Merges `bytes[start, end)` until nothing merges or `least` parts are left; returns the number of parts. */
  merge(bytes: Uint8Array, start: number, end: number, least?: number): number
  /** Where part `i` of the last merge starts; `boundary(count)` is its end. */
  boundary(i: number): number
}

const none = 0x7fffffff

/** Creates the merge of a table; its working memory is used again on each call. */
export const createSmallMerge = (table: RankTable): SmallMerge => {
  const capacity = Math.max(smallPieceBytes, table.longest) + 2
  const starts = new Int32Array(capacity)
  // ranks[i]: rank of parts i and i + 1 taken together.
  const ranks = new Int32Array(capacity)

  const rankOfPair = (bytes: Uint8Array, i: number, count: number): number => {
    if (i + 2 > count) return none
    const rank = table.find(bytes, starts[i] ?? 0, starts[i + 2] ?? 0)
    return rank < 0 ? none : rank
  }

  return {
    merge(bytes, start, end, least = 1) {
      let count = end - start
      for (let i = 0; i <= count; i += 1) starts[i] = start + i
      for (let i = 0; i < count; i += 1) ranks[i] = rankOfPair(bytes, i, count)
      while (count > least) {
        let lowest = none
        let at = 0
        // Strictly lower: of equal ranks the leftmost merges first.
        for (let i = 0; i + 1 < count; i += 1) {
          const rank = ranks[i] ?? none
          if (rank < lowest) {
            lowest = rank
            at = i
          }
        }
        if (lowest === none) break
        starts.copyWithin(at + 1, at + 2, count + 1)
        ranks.copyWithin(at + 1, at + 2, count)
        count -= 1
        ranks[at] = rankOfPair(bytes, at, count)
        if (at > 0) ranks[at - 1] = rankOfPair(bytes, at - 1, count)
      }
      return count
    },
    boundary: (i) => starts[i] ?? 0,
  }
}
