import type { RankTable } from './rank-table.ts'

/** Pieces up to this many bytes are merged by scanning for the lowest rank: no set-up, and at most 16² / 2 steps. */
export const smallPieceBytes = 16

/** Merges within short byte ranges, as the reference does. */
export interface SmallMerge {
  /** Merges `bytes[start, end)` until nothing merges or `least` parts are left; returns the number of parts. */
  merge(bytes: Uint8Array, start: number, end: number, least?: number): number
  /** Where part `i` of the last merge starts; `boundary(count)` is its end. */
  boundary(i: number): number
  /** The token that part `i` of the last merge is. */
  token(i: number): number
}

const none = 0x7fffffff

/** Ranks of all bytes and of all pairs of bytes: every merge starts with looking them up. */
const rankBytes = (table: RankTable): { single: Int32Array; pairs: Int32Array } => {
  const single = new Int32Array(256).fill(-1)
  const pairs = new Int32Array(65_536).fill(none)
  for (let rank = 0; rank < table.size; rank += 1) {
    const length = table.lengthOf(rank)
    if (length !== 1 && length !== 2) continue
    const [first = 0, second = 0] = table.bytesOf(rank)
    if (length === 1) single[first] = rank
    else pairs[(first << 8) | second] = rank
  }
  return { single, pairs }
}

/** Creates the merge of a table; its working memory is used again on each call. */
export const createSmallMerge = (table: RankTable): SmallMerge => {
  const capacity = Math.max(smallPieceBytes, table.longest) + 2
  const starts = new Int32Array(capacity)
  // ranks[i]: rank of parts i and i + 1 taken together.
  const ranks = new Int32Array(capacity)
  const tokens = new Int32Array(capacity)
  const byteRanks = rankBytes(table)

  const setUp = (bytes: Uint8Array, start: number, count: number): void => {
    for (let i = 0; i < count; i += 1) {
      const pair = ((bytes[start + i] ?? 0) << 8) | (bytes[start + i + 1] ?? 0)
      starts[i] = start + i
      tokens[i] = byteRanks.single[pair >> 8] ?? -1
      ranks[i] = byteRanks.pairs[pair] ?? none
    }
    starts[count] = start + count
    ranks[count - 1] = none
  }

  /** Removes part `at`. By hand: for so few numbers a call of copyWithin costs more than the copying. */
  const remove = (at: number, count: number): void => {
    for (let i = at; i < count; i += 1) {
      starts[i] = starts[i + 1] ?? 0
      tokens[i] = tokens[i + 1] ?? -1
      ranks[i] = ranks[i + 1] ?? none
    }
  }

  const rankAt = (bytes: Uint8Array, i: number): number => {
    const rank = table.find(bytes, starts[i] ?? 0, starts[i + 2] ?? 0)
    return rank < 0 ? none : rank
  }

  return {
    merge(bytes, start, end, least = 1) {
      let count = end - start
      setUp(bytes, start, count)
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
        remove(at + 1, count)
        tokens[at] = lowest
        count -= 1
        ranks[at] = at + 1 < count ? rankAt(bytes, at) : none
        if (at > 0) ranks[at - 1] = rankAt(bytes, at - 1)
      }
      return count
    },
    boundary: (i) => starts[i] ?? 0,
    token: (i) => tokens[i] ?? -1,
  }
}
