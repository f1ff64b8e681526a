import { hashOf } from './hash.ts'
import { createMergeMemory } from './merge-memory.ts'
import { cachedPieceBytes, createPieceCache } from './piece-cache.ts'
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
  const cache = createPieceCache()
  const memory = createMergeMemory(pairs)
  const long = createPrefixMerge(table, pairs, memory)
  const tokens: number[] = []

  const readLong = (bytes: Uint8Array, start: number, end: number): void => {
    long.reset()
    long.readTo(bytes, start, end - start)
  }

  /** Merges a piece that is not in the cache, and remembers it; its tokens are in `tokens` until the next one. */
  const mergeNew = (hash: number, bytes: Uint8Array, start: number, end: number): void => {
    tokens.length = 0
    if (end - start > smallPieceBytes) {
      readLong(bytes, start, end)
      long.tokensAt(end - start, tokens)
    } else {
      const count = small.merge(bytes, start, end)
      for (let i = 0; i < count; i += 1) tokens.push(small.token(i))
    }
    cache.remember(hash, bytes, start, end, tokens)
  }

  /** The token that a piece is as a whole, or -1; most pieces of ordinary text are one. */
  const wholeToken = (hash: number, bytes: Uint8Array, start: number, end: number): number =>
    end - start > table.longest ? -1 : table.findHashed(hash, bytes, start, end)

  return {
    count(bytes, start, end) {
      if (end - start > cachedPieceBytes) {
        readLong(bytes, start, end)
        return long.countAt(end - start)
      }
      const hash = hashOf(bytes, start, end)
      if (wholeToken(hash, bytes, start, end) >= 0) return 1
      const place = cache.find(hash, bytes, start, end)
      if (place >= 0) return cache.count(place)
      mergeNew(hash, bytes, start, end)
      return tokens.length
    },
    encode(bytes, start, end, out) {
      if (end - start > cachedPieceBytes) {
        readLong(bytes, start, end)
        long.tokensAt(end - start, out)
        return
      }
      const hash = hashOf(bytes, start, end)
      const token = wholeToken(hash, bytes, start, end)
      if (token >= 0) {
        out.push(token)
        return
      }
      const place = cache.find(hash, bytes, start, end)
      if (place >= 0) {
        cache.append(place, out)
        return
      }
      mergeNew(hash, bytes, start, end)
      for (const part of tokens) out.push(part)
    },
    startPrefixMerge: () => createPrefixMerge(table, pairs, memory),
  }
}
