import { createMergeMemory } from './merge-memory.ts'
import { createPrefixMerge, type PrefixMerge } from './prefix-merge.ts'
import type { RankTable } from './rank-table.ts'
import { createSmallMerge, smallPieceBytes } from './small-merge.ts'
import { createTokenPairs } from './token-pairs.ts'

/** Merges the pieces of a text, each by the way that suits its length. */
export interface PieceMerge {
  /** Tokens of the piece `bytes[start, end)`. */
  count(bytes: Uint8Array, start: number, end: number): number
  /** Appends the tokens of the piece to `out`. */
  encode(bytes: Uint8Array, start: number, end: number, out: number[]): void
  /** A merge for a long piece that is still growing. */
  startPrefixMerge(): PrefixMerge
}

/** Creates the merge of a table. Not re-entrant, which no caller can notice: nothing in it is asynchronous. */
export const createPieceMerge = (table: RankTable): PieceMerge => {
  const small = createSmallMerge(table)
  const pairs = createTokenPairs(table)
  const memory = createMergeMemory(pairs)
  const long = createPrefixMerge(table, pairs, memory)

  /** The token that is the whole piece, or -1; most pieces of ordinary text are one. */
  const wholeToken = (bytes: Uint8Array, start: number, end: number): number =>
    end - start > table.longest ? -1 : table.find(bytes, start, end)

  const readLong = (bytes: Uint8Array, start: number, end: number): number => {
    long.reset()
    long.readTo(bytes, start, end - start)
    return long.countAt(end - start)
  }

  return {
    count(bytes, start, end) {
      if (wholeToken(bytes, start, end) >= 0) return 1
      return end - start <= smallPieceBytes ? small.merge(bytes, start, end) : readLong(bytes, start, end)
    },
    encode(bytes, start, end, out) {
      const token = wholeToken(bytes, start, end)
      if (token >= 0) {
        out.push(token)
      } else if (end - start <= smallPieceBytes) {
        const count = small.merge(bytes, start, end)
        for (let i = 0; i < count; i += 1)
          out.push(table.find(bytes, small.boundary(i), small.boundary(i + 1)))
      } else {
        readLong(bytes, start, end)
        long.tokensAt(end - start, out)
      }
    },
    startPrefixMerge: () => createPrefixMerge(table, pairs, memory),
  }
}
