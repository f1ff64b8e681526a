import { longestOf, toNeedles } from './needle.ts'
import { choosePairs, firstHere, type Pairs, pairAt, reachOf } from './needle-pairs.ts'

/** Finds texts in bytes. */
export interface Finder {
  /**
   * Where one of the texts stands, at `from` or behind it, or -1. The position is that of a token within the text: of
   * its longest, or of one behind that.
   */
  find(bytes: Uint8Array, from: number): number
}

/** Finds something in everything. */
export const everyEvent: Finder = { find: (bytes, from) => (from < bytes.length ? from : -1) }

/**
 * Searches for all of the texts (ASCII, of two characters or more) at once. It looks at pairs of bytes, as far apart as
 * no text can slip through between two of them; nearly all pairs stand in none of the texts, and no step waits for the
 * one before. Texts of JSON are given in compact form and found with any white space between their tokens.
 */
export const createFinder = (texts: readonly string[]): Finder => {
  const needles = toNeedles(texts)
  const least = Math.min(...needles.map(({ anchors }) => longestOf(anchors)))
  // Pairs are numbered in one byte.
  const stride = Math.min(least - 1, Math.floor(255 / needles.length))
  const pairs = choosePairs(needles, least, stride)
  const reach = reachOf(pairs)
  return {
    find(bytes, from) {
      let found = -1
      let end = bytes.length - 1
      let at = nextPair(pairs, bytes, from, end, stride)
      while (at >= 0) {
        const here = firstHere(pairs, bytes, at, from)
        if (here >= 0 && (found < 0 || here < found)) {
          found = here
          // One that begins earlier may be known by a pair that stands further behind its beginning.
          end = Math.min(end, found + reach)
        }
        at = nextPair(pairs, bytes, at + stride, end, stride)
      }
      return found
    },
  }
}

/**
 * Where the next pair stands whose needle may be there, or -1. It is most of what a relayed stream costs, so it calls
 * nothing and has few branches: one that is guessed wrongly costs more than ten looks. Two looks share one, and what is
 * found is checked against its further byte without another; number 0 allows nothing.
 */
const nextPair = (
  { numbers, steps, allowed }: Pairs,
  bytes: Uint8Array,
  from: number,
  end: number,
  stride: number,
): number => {
  let at = from
  for (const last = end - stride; at < last; at += 2 * stride) {
    const one = numbers[pairAt(bytes, at)] ?? 0
    const two = numbers[pairAt(bytes, at + stride)] ?? 0
    if ((one | two) === 0) continue
    if (allowed[(one << 8) | (bytes[at + (steps[one] ?? 0)] ?? 0)] === 1) return at
    if (allowed[(two << 8) | (bytes[at + stride + (steps[two] ?? 0)] ?? 0)] === 1) return at + stride
  }
  if (at >= end) return -1
  const pair = numbers[pairAt(bytes, at)] ?? 0
  return allowed[(pair << 8) | (bytes[at + (steps[pair] ?? 0)] ?? 0)] === 1 ? at : -1
}
