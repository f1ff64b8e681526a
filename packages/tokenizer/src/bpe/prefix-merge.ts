import { TokenizerError } from '../errors.ts'
import { hashStep } from './hash.ts'
import { createMergeMemory, type MergeMemory } from './merge-memory.ts'
import type { RankTable } from './rank-table.ts'
import type { TokenPairs } from './token-pairs.ts'

/** Merges one piece of any length from left to right, in time linear in its bytes. */
export interface PrefixMerge {
  /** Reads on, up to the first `length` bytes of the piece, which starts at `start` of `bytes`. */
  readTo(bytes: Uint8Array, start: number, length: number): void
  /** Bytes that were read. */
  readonly length: number
  /** Tokens of the first `length` bytes of the piece, which must have been read. */
  countAt(length: number): number
  /** Appends the tokens of the first `length` bytes to `out`. */
  tokensAt(length: number, out: number[]): void
  /** Starts another piece; the memory is used again. */
  reset(): void
  /** How often a token was tried as the last one of a prefix: the work, for tests of linearity. */
  readonly attempts: number
}

/** Bytes of a piece for which memory is kept between pieces. */
const keptCapacity = 65_536

/** The longest that a prefix merge may be when it is created and when it was reset. */
const initialCapacity = 256

/**
 * Creates a merge for pieces that are too long for one that scans for the lowest rank. Merges of one table may share
 * a memory.
 *
 * For each prefix of the piece it keeps the last token and the number of tokens. The last token of a longer prefix
 * is the only token that ends there and is stable beside the last token of what comes before it. A table bounds how
 * many tokens can end at one place, so each byte costs the same however long the piece is.
 */
export const createPrefixMerge = (
  table: RankTable,
  pairs: TokenPairs,
  memory: MergeMemory = createMergeMemory(pairs),
): PrefixMerge => {
  let lastToken = new Int32Array(initialCapacity)
  let counts = new Int32Array(initialCapacity)
  let read = 0
  let attempts = 0

  const ensureCapacity = (length: number): void => {
    if (length < counts.length) return
    const capacity = Math.max(length + 1, counts.length * 2)
    const tokens = new Int32Array(capacity)
    tokens.set(lastToken)
    lastToken = tokens
    const grown = new Int32Array(capacity)
    grown.set(counts)
    counts = grown
  }

  /** Whether `token`, which ends the prefix of `length` bytes, is its last token; if so, notes it. */
  const settle = (token: number, bytes: Uint8Array, start: number, length: number): boolean => {
    attempts += 1
    const before = length - table.lengthOf(token)
    const fits =
      before === 0
        ? pairs.isReachable(token)
        : memory.areStable(lastToken[before] ?? 0, token, bytes, start + before)
    if (fits) {
      lastToken[length] = token
      counts[length] = (counts[before] ?? 0) + 1
    }
    return fits
  }

  const endsIn = (token: number, bytes: Uint8Array, end: number): boolean => {
    const expected = table.bytesOf(token)
    let i = expected.length
    do i -= 1
    while (i >= 0 && expected[i] === bytes[end - expected.length + i])
    return i < 0
  }

  /** Tries a token that ended such a prefix before; a guess is cheap to check. */
  const settleGuess = (guess: number, bytes: Uint8Array, start: number): boolean => {
    if (guess < 0) return false
    const length = table.lengthOf(guess)
    // Not longer than the previous token and the byte: then it ends here as it did the last time.
    const isEnd =
      length <= table.lengthOf(lastToken[read] ?? 0) + 1 ||
      (length <= read + 1 && endsIn(guess, bytes, start + read + 1))
    return isEnd && settle(guess, bytes, start, read + 1)
  }

  /** Finds the last token of the prefix that is one byte longer than what was read. */
  const extend = (bytes: Uint8Array, start: number): void => {
    const end = start + read + 1
    const byte = bytes[end - 1] ?? 0
    const previous = lastToken[read] ?? 0
    const context = read === 0 ? 0 : (lastToken[read - table.lengthOf(previous)] ?? 0)
    if (read > 0) {
      if (settleGuess(memory.guess(context, previous, byte, 0), bytes, start)) return
      if (settleGuess(memory.guess(context, previous, byte, 1), bytes, start)) return
    }
    let hash = 0
    for (let at = end - 1; at >= start; at -= 1) {
      hash = hashStep(hash, bytes[at] ?? 0)
      if (!table.mayEndToken(hash)) break
      const token = table.findHashed(hash, bytes, at, end)
      if (token < 0 || !settle(token, bytes, start, read + 1)) continue
      if (read > 0) memory.remember(context, previous, byte, token)
      return
    }
    // Each byte is a token in every encoding, so every prefix has a merge; a table without that is damaged.
    throw new TokenizerError('The rank table lacks a token for a single byte.', { code: 'invalid-table' })
  }

  return {
    get length() {
      return read
    },
    get attempts() {
      return attempts
    },
    readTo(bytes, start, length) {
      ensureCapacity(length)
      for (; read < length; read += 1) extend(bytes, start)
    },
    countAt: (length) => counts[length] ?? 0,
    tokensAt(length, out) {
      const first = out.length
      for (let at = length; at > 0; ) {
        const token = lastToken[at] ?? 0
        out.push(token)
        at -= table.lengthOf(token)
      }
      // Found from the end: turned around in place, so that no second array is needed.
      for (let i = first, j = out.length - 1; i < j; i += 1, j -= 1) {
        const token = out[i] ?? 0
        out[i] = out[j] ?? 0
        out[j] = token
      }
    },
    reset() {
      read = 0
      if (counts.length <= keptCapacity) return
      // One huge piece must not hold its memory for as long as the process lives.
      lastToken = new Int32Array(initialCapacity)
      counts = new Int32Array(initialCapacity)
    },
  }
}
