import { quote, TokenizerError } from '../errors.ts'
import { hashOf, hashStep } from './hash.ts'

/** The tokens of an encoding, looked up by their bytes. */
export interface RankTable {
  /** One more than the highest rank; ranks without a token have no bytes. */
  readonly size: number
  /** Bytes of the longest token. */
  readonly longest: number
  /** The rank of `bytes[start, end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number
  /** As `find`, for who has the hash of that range already. */
  findHashed(hash: number, bytes: Uint8Array, start: number, end: number): number
  /** Whether a token may end in the bytes with this hash; seldom true by accident, never false by accident. */
  mayEndToken(hash: number): boolean
  /** The bytes of a token, a view; empty for a rank without a token. */
  bytesOf(rank: number): Uint8Array
  /** How many bytes a token has. */
  lengthOf(rank: number): number
}

/** Token bytes one after another; token `r` is `blob[offsets[r], offsets[r + 1])`. */
interface Tokens {
  blob: Uint8Array
  offsets: Uint32Array
  size: number
  longest: number
}

const base64Values = new Uint8Array(128).fill(255)
for (const [value, character] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  base64Values[character.charCodeAt(0)] = value
}

/** Decodes `packed[start, end)` to `blob` at `at`; returns the new end of the blob. */
const decodeBase64 = (packed: string, start: number, end: number, blob: Uint8Array, at: number): number => {
  let bits = 0
  let held = 0
  let to = at
  for (let i = start; i < end; i += 1) {
    const value = base64Values[packed.charCodeAt(i)] ?? 255
    if (value === 255) {
      if (packed[i] === '=') break
      throw new TokenizerError(
        `The rank table has ${quote(packed.slice(start, end))}, which is not base64.`,
        {
          code: 'invalid-table',
        },
      )
    }
    bits = (bits << 6) | value
    held += 6
    if (held < 8) continue
    held -= 8
    blob[to] = (bits >>> held) & 255
    to += 1
  }
  return to
}

/**
 * Reads a table as tiktoken's JavaScript packages pack it: lines `! FIRST_RANK TOKEN TOKEN …`, tokens in base64.
 * One pass over the string; nothing is allocated per token.
 */
const unpack = (packed: string): Tokens => {
  const blob = new Uint8Array(Math.ceil(packed.length * 0.75))
  let offsets = new Uint32Array(Math.max(256, packed.length >> 3))
  let rank = 0
  let at = 0
  let longest = 0
  for (const line of packed.split('\n')) {
    const header = /^! (\d+) /.exec(line)
    if (header === null) {
      throw new TokenizerError(
        `The rank table has the line ${quote(line)}; lines start with "! " and a rank.`,
        {
          code: 'invalid-table',
        },
      )
    }
    for (const first = Number(header[1]); rank < first; rank += 1) offsets[rank] = at
    for (let start = header[0].length; start < line.length; rank += 1) {
      const space = line.indexOf(' ', start)
      const end = space < 0 ? line.length : space
      if (rank + 2 > offsets.length) {
        const grown = new Uint32Array(offsets.length * 2)
        grown.set(offsets)
        offsets = grown
      }
      offsets[rank] = at
      const next = decodeBase64(line, start, end, blob, at)
      longest = Math.max(longest, next - at)
      at = next
      start = end + 1
    }
  }
  offsets[rank] = at
  return { blob: blob.slice(0, at), offsets: offsets.slice(0, rank + 1), size: rank, longest }
}

/** Hash slots: two numbers each, the hash and the rank + 1 (0: the slot is free). Open addressing, linear probing. */
const fillSlots = ({ blob, offsets, size }: Tokens): Int32Array => {
  const capacity = 2 ** Math.ceil(Math.log2(size * 2))
  const slots = new Int32Array(capacity * 2)
  for (let rank = 0; rank < size; rank += 1) {
    const start = offsets[rank] ?? 0
    const end = offsets[rank + 1] ?? 0
    if (start === end) continue
    const hash = hashOf(blob, start, end)
    let slot = hash & (capacity - 1)
    while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & (capacity - 1)
    slots[slot * 2] = hash
    slots[slot * 2 + 1] = rank + 1
  }
  return slots
}

/** A bit set of the hashes of every suffix of every token: 1 MiB, of which the tables in use fill under a tenth. */
const suffixBitCount = 2 ** 23
const fillSuffixes = ({ blob, offsets, size }: Tokens): Uint8Array => {
  const bits = new Uint8Array(suffixBitCount >> 3)
  for (let rank = 0; rank < size; rank += 1) {
    const start = offsets[rank] ?? 0
    let hash = 0
    for (let i = (offsets[rank + 1] ?? 0) - 1; i >= start; i -= 1) {
      hash = hashStep(hash, blob[i] ?? 0)
      const bit = hash & (suffixBitCount - 1)
      bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7))
    }
  }
  return bits
}

/**
 * Builds a table from its packed text: about 15 bytes of typed arrays per token, no object per token.
 * Throws a TokenizerError `invalid-table` when the text is not a rank table.
 */
export const createRankTable = (packed: string): RankTable => {
  const tokens = unpack(packed)
  const { blob, offsets, size, longest } = tokens
  const slots = fillSlots(tokens)
  const slotMask = slots.length / 2 - 1
  // Only long pieces ask for suffixes, and most processes never see one.
  let suffixes: Uint8Array | undefined

  const findHashed = (hash: number, bytes: Uint8Array, start: number, end: number): number => {
    let slot = hash & slotMask
    for (;;) {
      const entry = slots[slot * 2 + 1] ?? 0
      if (entry === 0) return -1
      if (slots[slot * 2] === hash) {
        const from = offsets[entry - 1] ?? 0
        let i = end - start
        if ((offsets[entry] ?? 0) - from === i) {
          do i -= 1
          while (i >= 0 && blob[from + i] === bytes[start + i])
          if (i < 0) return entry - 1
        }
      }
      slot = (slot + 1) & slotMask
    }
  }

  return {
    size,
    longest,
    findHashed,
    find: (bytes, start, end) => findHashed(hashOf(bytes, start, end), bytes, start, end),
    mayEndToken(hash) {
      suffixes ??= fillSuffixes(tokens)
      const bit = hash & (suffixBitCount - 1)
      return ((suffixes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
    },
    lengthOf: (rank) => (offsets[rank + 1] ?? 0) - (offsets[rank] ?? 0),
    bytesOf: (rank) => blob.subarray(offsets[rank] ?? 0, offsets[rank + 1] ?? 0),
  }
}
