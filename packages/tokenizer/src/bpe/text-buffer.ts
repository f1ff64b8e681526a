import { classOf, latinClasses, OTHER } from './char-classes.ts'

/**
 * Text as the splitters and the merge read it: UTF-8 bytes, and beside each byte the class of its character.
 * `classes[length]` is 0, so that a run of a class ends by itself at the end of the text.
 */
export interface TextBuffer {
  bytes: Uint8Array
  classes: Uint8Array
  length: number
}

/** Creates an empty buffer with room for `capacity` bytes. */
export const createTextBuffer = (capacity: number): TextBuffer => ({
  bytes: new Uint8Array(capacity),
  classes: new Uint8Array(capacity + 1),
  length: 0,
})

const ensureCapacity = (buffer: TextBuffer, needed: number): void => {
  if (needed <= buffer.bytes.length) return
  const capacity = Math.max(needed, buffer.bytes.length * 2)
  const bytes = new Uint8Array(capacity)
  bytes.set(buffer.bytes.subarray(0, buffer.length))
  const classes = new Uint8Array(capacity + 1)
  classes.set(buffer.classes.subarray(0, buffer.length))
  buffer.bytes = bytes
  buffer.classes = classes
}

/** Characters that are written at a time: memory is asked for what a slice may need, not for what a text may need. */
const sliceLength = 16_384

const writeSlice = (buffer: TextBuffer, text: string, start: number, end: number): void => {
  ensureCapacity(buffer, buffer.length + (end - start) * 3)
  const { bytes, classes } = buffer
  const latin = latinClasses()
  let at = buffer.length
  for (let i = start; i < end; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      bytes[at] = unit
      classes[at] = latin[unit] ?? OTHER
      at += 1
    } else if (unit < 0x800) {
      bytes[at] = 0xc0 | (unit >> 6)
      bytes[at + 1] = 0x80 | (unit & 63)
      classes[at] = classes[at + 1] = classOf(unit)
      at += 2
    } else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      const codePoint = text.codePointAt(i) ?? 0
      bytes[at] = 0xf0 | (codePoint >> 18)
      bytes[at + 1] = 0x80 | ((codePoint >> 12) & 63)
      bytes[at + 2] = 0x80 | ((codePoint >> 6) & 63)
      bytes[at + 3] = 0x80 | (codePoint & 63)
      classes.fill(classOf(codePoint), at, at + 4)
      at += 4
      i += 1
    } else {
      // A surrogate without its other half has no UTF-8; every encoder writes U+FFFD for it.
      const codePoint = unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit
      bytes[at] = 0xe0 | (codePoint >> 12)
      bytes[at + 1] = 0x80 | ((codePoint >> 6) & 63)
      bytes[at + 2] = 0x80 | (codePoint & 63)
      classes[at] = classes[at + 1] = classes[at + 2] = classOf(codePoint)
      at += 3
    }
  }
  classes[at] = 0
  buffer.length = at
}

export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** Appends text. A pair of surrogates must not be cut between two calls. */
export const appendText = (buffer: TextBuffer, text: string): void => {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + sliceLength, text.length)
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1
    writeSlice(buffer, text, start, end)
    start = end
  }
}

/** Empties a buffer; its memory is kept. */
export const clearBuffer = (buffer: TextBuffer): void => {
  buffer.length = 0
  buffer.classes[0] = 0
}

/** Forgets the first `count` bytes. */
export const dropBytes = (buffer: TextBuffer, count: number): void => {
  buffer.bytes.copyWithin(0, count, buffer.length)
  buffer.classes.copyWithin(0, count, buffer.length + 1)
  buffer.length -= count
}
