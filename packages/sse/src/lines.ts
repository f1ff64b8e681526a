const LF = 10
const CR = 13

/** Below this are line ends, and little else that occurs in text. */
const CONTROLS = 0x10_10_10_10
const HIGH_BITS = 0x80_80_80_80

/** Enough for the end of a short event. Engines keep so little beside the object itself, which saves an allocation. */
const SMALLEST = 64
const LARGEST_STEP = 1024 * 1024
/** A buffer that has grown larger is given back when it is empty. */
const LARGEST_KEPT = 64 * 1024

const NO_BYTES = new Uint8Array(0)
const NO_WORDS = new Int32Array(0)

/** Bytes that wait for the end of their line, or for what their line is a part of. */
export interface LineBuffer {
  add(bytes: Uint8Array): void
  length(): number
  /** The byte at a place, or 0 where there is none. */
  at(place: number): number
  /** Where the first LF or CR is at or after a place, or `length()`. */
  findEnd(from: number): number
  /** Gives away what comes before a place, for as long as the call lasts. The rest stays, and begins at 0. */
  take(end: number, use: (bytes: Uint8Array) => void): void
}

/** Four bytes at a time: its high bits are set for the first of them that is below 16, if one is. */
const markControls = (word: number): number => (word - CONTROLS) & ~word

/**
 * Creates an empty buffer. What is added is copied, so that callers may use their memory again, and into one place,
 * so that it becomes text in one go.
 *
 * Searching is done here rather than by `indexOf`, which is slow on typed arrays; and not in text, since text of every
 * small piece would be made, kept and copied again.
 */
export const createLineBuffer = (): LineBuffer => {
  let bytes = NO_BYTES
  let words = NO_WORDS
  let length = 0

  const grow = (capacity: number): void => {
    const before = bytes
    bytes = new Uint8Array(capacity)
    words = capacity === SMALLEST ? NO_WORDS : new Int32Array(bytes.buffer)
    bytes.set(before)
  }

  const add = (more: Uint8Array): void => {
    const needed = length + more.length
    if (needed > bytes.length) {
      let capacity = SMALLEST
      // In large steps at first, since new memory costs more than what is done in it.
      while (capacity < needed) capacity *= capacity < LARGEST_STEP ? 4 : 2
      grow(capacity)
    }
    bytes.set(more, length)
    length = needed
  }

  /** Goes on over blocks of four words, from one whose place is a multiple of 16, to one that holds a control. */
  const skipBlocks = (from: number): number => {
    const view = words
    const last = Math.min(length >> 2, view.length) - 4
    let word = from >> 2
    while (word <= last) {
      const a = view[word] ?? 0
      const b = view[word + 1] ?? 0
      const c = view[word + 2] ?? 0
      const d = view[word + 3] ?? 0
      const marks = markControls(a) | markControls(b) | markControls(c) | markControls(d)
      if ((marks & HIGH_BITS) !== 0) break
      word += 4
    }
    return word << 2
  }

  const findEnd = (from: number): number => {
    const view = bytes
    const end = length
    let place = from
    while (place < end) {
      if ((place & 15) === 0) place = skipBlocks(place)
      for (const stop = Math.min(end, (place | 15) + 1); place < stop; place += 1) {
        const byte = view[place]
        if (byte === LF || byte === CR) return place
      }
    }
    return length
  }

  const take = (end: number, use: (bytes: Uint8Array) => void): void => {
    use(bytes.subarray(0, end))
    bytes.copyWithin(0, end, length)
    length -= end
    if (length > 0 || bytes.length <= LARGEST_KEPT) return
    bytes = NO_BYTES
    words = NO_WORDS
  }

  return { add, length: () => length, at: (place) => bytes[place] ?? 0, findEnd, take }
}
