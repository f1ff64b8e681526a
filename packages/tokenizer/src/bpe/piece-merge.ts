import { hashOf } from './hash.ts'
import { createMergeMemory } from './merge-memory.ts'
import { createPieceCache } from './piece-cache.ts'
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

  const readLong = (bytes: Uint8Array, start: number, end: number): number => {
    long.reset()
    long.readTo(bytes, start, end - start)
    return long.countAt(end - start)
  }

  /** The place of a short piece in the cache; merges it if it is not there. */
  const placeOf = (hash: number, bytes: Uint8Array, start: number, end: number): number => {
    const known = cache.find(hash, bytes, start, end)
    if (known >= 0) return known
    const count = small.merge(bytes, start, end)
    return cache.remember(hash, bytes, start, end, count, small.boundary)
  }

  const encodeShort = (place: number, bytes: Uint8Array, start: number, end: number, out: number[]): void => {
    let from = start
    for (let at = start + 1; at <= end; at += 1) {
      if (at < end && !cache.isStart(place, at - start)) continue
      out.push(table.find(bytes, from, at))
      from = at
    }
  }

  const encodeLong = (bytes: Uint8Array, start: number, end: number, out: number[]): void => {
    readLong(bytes, start, end)
    long.tokensAt(end - start, out)
  }

  return {
    count(bytes, start, end) {
      const length = end - start
      // Most pieces of ordinary text are one token; only those that can be one are worth hashing.
      if (length > table.longest) return readLong(bytes, start, end)
      const hash = hashOf(bytes, start, end)
      if (table.findHashed(hash, bytes, start, end) >= 0) return 1
      if (length > smallPieceBytes) return readLong(bytes, start, end)
      return cache.count(placeOf(hash, bytes, start, end))
    },
    encode(bytes, start, end, out) {
      const length = end - start
      if (length > table.longest) return encodeLong(bytes, start, end, out)
      const hash = hashOf(bytes, start, end)
      const token = table.findHashed(hash, bytes, start, end)
      if (token >= 0) out.push(token)
      else if (length > smallPieceBytes) encodeLong(bytes, start, end, out)
      else encodeShort(placeOf(hash, bytes, start, end), bytes, start, end, out)
    },
    startPrefixMerge: () => createPrefixMerge(table, pairs, memory),
  }
}
