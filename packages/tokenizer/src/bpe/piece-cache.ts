import { smallPieceBytes } from './small-merge.ts'

/** Remembers where pieces were cut: the words of a text, and of the next request of a conversation, repeat. */
export interface PieceCache {
  /** The place of a piece of at most 64 bytes, or -1 when it is not remembered. */
  find(hash: number, bytes: Uint8Array, start: number, end: number): number
  /** Remembers a piece that has `count` tokens, the `i`th of which starts at `boundary(i)`; returns its place. */
  remember(
    hash: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    count: number,
    boundary: (i: number) => number,
  ): number
  /** Tokens of the piece at a place. */
  count(place: number): number
  /** Whether a token of the piece at a place starts at byte `i` of it. */
  isStart(place: number, i: number): boolean
}

/** A piece takes the place of the one that was there: no list to keep, and no more memory than 650 KiB. */
const size = 8192

/** Creates an empty cache. */
export const createPieceCache = (): PieceCache => {
  const hashes = new Int32Array(size)
  const lengths = new Uint8Array(size)
  const counts = new Uint8Array(size)
  // Two words of 32 bits for each piece: a bit per byte, set where a token starts.
  const starts = new Int32Array(size * 2)
  const texts = new Uint8Array(size * smallPieceBytes)

  return {
    find(hash, bytes, start, end) {
      const place = hash & (size - 1)
      const length = end - start
      if (hashes[place] !== hash || lengths[place] !== length) return -1
      const at = place * smallPieceBytes
      for (let i = 0; i < length; i += 1) if (texts[at + i] !== bytes[start + i]) return -1
      return place
    },
    remember(hash, bytes, start, end, count, boundary) {
      const place = hash & (size - 1)
      hashes[place] = hash
      lengths[place] = end - start
      counts[place] = count
      starts.fill(0, place * 2, place * 2 + 2)
      for (let i = 0; i < count; i += 1) {
        const at = boundary(i) - start
        const word = place * 2 + (at >> 5)
        starts[word] = (starts[word] ?? 0) | (1 << (at & 31))
      }
      texts.set(bytes.subarray(start, end), place * smallPieceBytes)
      return place
    },
    count: (place) => counts[place] ?? 0,
    isStart: (place, i) => ((starts[place * 2 + (i >> 5)] ?? 0) & (1 << (i & 31))) !== 0,
  }
}
