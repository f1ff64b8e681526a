import type { TokenPairs } from './token-pairs.ts'

/** What merges of long pieces remember, since long pieces repeat themselves. It never decides, it only saves work. */
export interface MergeMemory {
  /** `areStable` of the pairs, remembered. */
  areStable: TokenPairs['areStable']
  /**
   * The token that ended the prefix the last time (`way` 0) or the time before (1) that `previous` after `context`
   * was followed by `byte`, or -1.
   */
  guess(context: number, previous: number, byte: number, way: 0 | 1): number
  remember(context: number, previous: number, byte: number, token: number): void
}

/** Entries of each cache; an entry is replaced by the next that falls on its place. */
const size = 4096

const createStableCache = (pairs: TokenPairs): TokenPairs['areStable'] => {
  const lefts = new Int32Array(size).fill(-1)
  const rights = new Int32Array(size)
  const answers = new Uint8Array(size)
  return (left, right, bytes, boundary) => {
    const slot = (Math.imul(left, 31) ^ Math.imul(right, 0x9e3779b1)) & (size - 1)
    if (lefts[slot] !== left || rights[slot] !== right) {
      lefts[slot] = left
      rights[slot] = right
      answers[slot] = pairs.areStable(left, right, bytes, boundary) ? 1 : 0
    }
    return answers[slot] === 1
  }
}

/** Creates an empty memory: 100 KiB, to be shared by the merges of a table. */
export const createMergeMemory = (pairs: TokenPairs): MergeMemory => {
  const keys = new Int32Array(size).fill(-1)
  const contexts = new Int32Array(size)
  const tokens = new Int32Array(size)

  /** Ranks have 18 bits, so that a rank and a byte fit one number. */
  const keyOf = (previous: number, byte: number): number => previous * 256 + byte
  /** The first of two neighbouring entries. */
  const slotOf = (key: number, context: number): number =>
    (Math.imul(key ^ Math.imul(context, 0x85ebca6b), 0x9e3779b1) >>> 16) & (size - 2)

  return {
    areStable: createStableCache(pairs),
    guess(context, previous, byte, way) {
      const key = keyOf(previous, byte)
      const slot = slotOf(key, context) + way
      return keys[slot] === key && contexts[slot] === context ? (tokens[slot] ?? -1) : -1
    },
    remember(context, previous, byte, token) {
      const key = keyOf(previous, byte)
      const slot = slotOf(key, context)
      keys[slot + 1] = keys[slot] ?? -1
      contexts[slot + 1] = contexts[slot] ?? 0
      tokens[slot + 1] = tokens[slot] ?? -1
      keys[slot] = key
      contexts[slot] = context
      tokens[slot] = token
    },
  }
}
