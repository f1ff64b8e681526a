import { append, type ByteBuffer, createByteBuffer, takeAll } from '../http/byte-buffer.ts'

/*
 * Where the events of an event stream end, in its bytes. A line ends with LF, CRLF or CR, and a blank line ends an event.
 * Bytes of characters beyond ASCII never look like a line end in UTF-8, so nothing has to be decoded to find one.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */

const LF = 10
const CR = 13

/** The bytes of a stream whose event is not whole yet. */
export interface EventTail {
  readonly rest: ByteBuffer
  /** The last two bytes of the rest; at the beginning of an event as if a line had ended before it. */
  last: number
  secondLast: number
}

/** The tail of a stream that begins. */
export const createEventTail = (): EventTail => ({ rest: createByteBuffer(), last: LF, secondLast: LF })

/**
 * Takes the next bytes, cut anywhere, and gives all that is whole by now: one event or several, to the byte, valid as
 * long as the bytes are and until the next ones are taken. `undefined` where nothing is.
 */
export const takeWholeEvents = (tail: EventTail, bytes: Uint8Array): Uint8Array | undefined => {
  const { length } = bytes
  if (length === 0) return undefined
  const end = lastEventEnd(bytes, length, tail.last, tail.secondLast)
  if (end === length && tail.rest.length === 0) return bytes
  if (end === 0) {
    keep(tail, bytes)
    return undefined
  }
  let whole = end === length ? bytes : bytes.subarray(0, end)
  if (tail.rest.length > 0) {
    append(tail.rest, whole)
    whole = takeAll(tail.rest)
    // What is kept next is written over it.
    if (end < length) whole = new Uint8Array(whole)
  }
  tail.last = LF
  tail.secondLast = LF
  if (end < length) keep(tail, bytes.subarray(end))
  return whole
}

/**
 * How many of the next bytes belong to the event that is kept; 0 where none is, or where it does not end in them. Taken
 * first and apart, they spare what is behind them the copying.
 */
export const endOfKept = ({ rest, last, secondLast }: EventTail, bytes: Uint8Array): number => {
  if (rest.length === 0) return 0
  const blank = isLineEnd(last) ? -1 : nearBlankEnd(bytes, 0)
  if (blank >= 0) return blank
  let isLineStart = isLineEnd(last)
  let index = 0
  if (last === CR && bytes[0] === LF) {
    if (isLineEnd(secondLast)) return 1
    index = 1
  }
  for (; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (!isLineEnd(byte)) {
      isLineStart = false
      continue
    }
    const next = byte === CR ? bytes[index + 1] : undefined
    // A CR is one line end with the LF behind it, which may still be on its way.
    if (isLineStart) return byte === CR && index + 1 === bytes.length ? 0 : index + (next === LF ? 2 : 1)
    isLineStart = true
    if (next === LF) index += 1
  }
  return 0
}

const isLineEnd = (byte: number | undefined): boolean => byte === LF || byte === CR

/** What is left of a stream that has ended. */
export const takeRest = (tail: EventTail): Uint8Array => takeAll(tail.rest)

const keep = (tail: EventTail, bytes: Uint8Array): void => {
  const { length } = bytes
  append(tail.rest, bytes)
  tail.secondLast = length > 1 ? (bytes[length - 2] ?? LF) : tail.last
  tail.last = bytes[length - 1] ?? LF
}

/**
 * The end of the last event in the first `length` bytes, 0 where none ends. The two bytes before them decide about a
 * line end that was cut.
 */
export const lastEventEnd = (
  bytes: Uint8Array,
  length: number,
  last: number = LF,
  secondLast: number = LF,
): number => {
  const blank = nearLastBlankEnd(bytes, length)
  if (blank >= 0) return blank
  const at = (index: number): number | undefined =>
    index >= 0 ? bytes[index] : index === -1 ? last : secondLast
  for (let index = length - 1; index >= 0; index -= 1) {
    const byte = bytes[index]
    if (byte !== LF && byte !== CR) continue
    const before = byte === LF && at(index - 1) === CR ? at(index - 2) : at(index - 1)
    if (before !== LF && before !== CR) continue
    // The LF of a CRLF may still be on its way: the event is whole with it. After CR alone nothing is missing.
    if (byte === CR && before === LF && index === length - 1 && mayBeLF(bytes, length)) continue
    return index + 1
  }
  return 0
}

/** Is the byte behind these one, as far as is known? */
const mayBeLF = (bytes: Uint8Array, at: number): boolean => at === bytes.length || bytes[at] === LF

/** The end of the event that the byte at `from` stands in. */
export const nextEventEnd = (bytes: Uint8Array, from: number): number => {
  const blank = nearBlankEnd(bytes, from)
  if (blank >= 0) return blank
  let isLineBlank = false
  for (let index = from; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte !== LF && byte !== CR) {
      isLineBlank = false
      continue
    }
    if (byte === CR && bytes[index + 1] === LF) index += 1
    if (isLineBlank) return index + 1
    isLineBlank = true
  }
  return bytes.length
}

/*
 * Nearly all streams have LF alone and short events, for which what the engine has built in is several times as fast as
 * a loop. Where nothing is found in this way, or a CR is in between, the loops above look at each byte.
 */

/** Bytes that are searched in this way: no more, since each event of a stream without LF is searched in vain. */
const nearBytes = 1024

/** The end of the first blank line behind `from`, or -1 where it is not near. */
const nearBlankEnd = (bytes: Uint8Array, from: number): number => {
  const near = bytes.subarray(from, from + nearBytes)
  let at = near.indexOf(LF)
  while (at >= 0 && near[at + 1] !== LF) at = near.indexOf(LF, at + 1)
  if (at < 0) return -1
  const returnAt = near.indexOf(CR)
  return returnAt < 0 || returnAt > at ? from + at + 2 : -1
}

/** The end of the last blank line in the first `length` bytes, or -1 where it is not near their end. */
const nearLastBlankEnd = (bytes: Uint8Array, length: number): number => {
  const from = Math.max(0, length - nearBytes)
  const near = bytes.subarray(from, length)
  let at = near.lastIndexOf(LF)
  while (at > 0 && near[at - 1] !== LF) at = near.lastIndexOf(LF, at - 1)
  return at > 0 && near.lastIndexOf(CR) < at ? from + at + 1 : -1
}
