import { TokenizerError } from '../errors.ts'
import { hashStep } from './hash.ts'
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

/** Entries of the two small caches below, each direct mapped: an entry is replaced by the next that falls on it. */
const cacheSize = 4096

/** Bytes of a piece for which memory is kept between pieces. */
const keptCapacity = 65_536

/** Answers of `pairs.areStable`, which depend on the two tokens alone. */
const createStableCache = (pairs: TokenPairs): TokenPairs['areStable'] => {
  const lefts = new Int32Array(cacheSize).fill(-1)
  const rights = new Int32Array(cacheSize)
  const answers = new Uint8Array(cacheSize)
  return (left, right, bytes, boundary) => {
    const slot = (Math.imul(left, 31) ^ Math.imul(right, 0x9e3779b1)) & (cacheSize - 1)
    if (lefts[slot] !== left || rights[slot] !== right) {
      lefts[slot] = left
      rights[slot] = right
      answers[slot] = pairs.areStable(left, right, bytes, boundary) ? 1 : 0
    }
    return answers[slot] === 1
  }
}

/**
 * Creates a merge for pieces that are too long for one that scans for the lowest rank.
 *
 * For each prefix of the piece it keeps the last token and the number of tokens. The last token of a longer prefix
 * is the only token that ends there and is stable beside the last token of what comes before it. A table bounds how
 * many tokens can end at one place, so each byte costs the same however long the piece is.
 */
export const createPrefixMerge = (table: RankTable, pairs: TokenPairs): PrefixMerge => {
  let lastToken = new Int32Array(1024)
  let counts = new Int32Array(1024)
  let read = 0
  let attempts = 0
  const areStable = createStableCache(pairs)
  // What followed last time after the same two tokens and the same byte: long pieces repeat themselves, and a guess
  // is cheap to check.
  const guessKeys = new Int32Array(cacheSize).fill(-1)
  const guessContexts = new Int32Array(cacheSize)
  const guesses = new Int32Array(cacheSize)

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
        : areStable(lastToken[before] ?? 0, token, bytes, start + before)
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

  /** Tries the tokens that followed the last two times; `slot` is even, and the later one is first. */
  const settleByGuess = (
    key: number,
    context: number,
    slot: number,
    bytes: Uint8Array,
    start: number,
  ): boolean => {
    const length = read + 1
    for (let way = slot; way < slot + 2; way += 1) {
      if (guessKeys[way] !== key || guessContexts[way] !== context) continue
      const guess = guesses[way] ?? 0
      const guessLength = table.lengthOf(guess)
      // Not longer than the previous token and the byte: then it ends here as it did last time.
      const ends =
        guessLength <= table.lengthOf(lastToken[read] ?? 0) + 1 ||
        (guessLength <= length && endsIn(guess, bytes, start + length))
      if (ends && settle(guess, bytes, start, length)) return true
    }
    return false
  }

  const rememberGuess = (key: number, context: number, slot: number, token: number): void => {
    guessKeys[slot + 1] = guessKeys[slot] ?? -1
    guessContexts[slot + 1] = guessContexts[slot] ?? 0
    guesses[slot + 1] = guesses[slot] ?? 0
    guessKeys[slot] = key
    guessContexts[slot] = context
    guesses[slot] = token
  }

  /** Finds the last token of the prefix that is one byte longer than what was read. */
  const extend = (bytes: Uint8Array, start: number): void => {
    const end = start + read + 1
    const previous = lastToken[read] ?? 0
    const key = read === 0 ? -1 : previous * 256 + (bytes[end - 1] ?? 0)
    const context = read === 0 ? 0 : (lastToken[read - table.lengthOf(previous)] ?? 0)
    const slot = (Math.imul(key ^ Math.imul(context, 0x85ebca6b), 0x9e3779b1) >>> 16) & (cacheSize - 2)
    if (read > 0 && settleByGuess(key, context, slot, bytes, start)) return
    let hash = 0
    for (let at = end - 1; at >= start; at -= 1) {
      hash = hashStep(hash, bytes[at] ?? 0)
      if (!table.mayEndToken(hash)) break
      const token = table.findHashed(hash, bytes, at, end)
      if (token < 0 || !settle(token, bytes, start, read + 1)) continue
      rememberGuess(key, context, slot, token)
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
      lastToken = new Int32Array(1024)
      counts = new Int32Array(1024)
    },
  }
}
