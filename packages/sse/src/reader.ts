import type { SseError } from './errors.ts'
import type { LimitGuard } from './limits.ts'
import { createLineBuffer } from './lines.ts'

const LF = 10
const CR = 13

/** How much a reader takes and gathers at a time. */
export interface Batching {
  /** How many bytes of an event that is not complete are gathered before they are passed on all the same. */
  batchBytes: number
  /** A piece that is larger is taken in slices, so that no more of it is gathered than of many small ones. */
  sliceBytes: number
}

/** Enough that passing on costs next to nothing for each byte, and little enough to stay in the caches. */
const LARGE: Batching = { batchBytes: 64 * 1024, sliceBytes: 64 * 1024 }

/** Takes bytes cut anywhere, and passes on whole lines. */
export interface LineReader {
  /** @throws SseError from the guard, when what comes before the line that crosses its limit has been passed on. */
  push(bytes: Uint8Array): void
  /** Passes on all that is left: lines, and one that has not ended. */
  flush(): void
}

/**
 * Where the last blank line ends that is one whatever came before (LF and LF, or LF and CRLF), or 0. It is looked for
 * in the last 64th: events are mostly much shorter than pieces, or end with them, and a search in vain costs little.
 */
const findBlankEnd = (bytes: Uint8Array): number => {
  const { length } = bytes
  for (let end = length; end >= length - (length >> 6); end -= 1) {
    if (bytes[end - 1] !== LF) continue
    if (bytes[end - 2] === LF || (bytes[end - 2] === CR && bytes[end - 3] === LF)) return end
  }
  return 0
}

/**
 * Creates a reader of lines. It passes them on as soon as one of them means something by itself (a blank line, a
 * comment, a `retry`). Until then it gathers: passing on an event in few pieces costs a fraction of passing it on in
 * those in which it comes.
 */
export const createLineReader = (
  guard: LimitGuard,
  pass: (lines: Uint8Array) => void,
  { batchBytes, sliceBytes }: Batching = LARGE,
): LineReader => {
  const buffer = createLineBuffer()
  /** The bytes so far end with a CR: an LF that follows belongs to it. */
  let afterCr = false

  /** What the lines from a place on come to: where the last one ends that is finished, and whether it is time. */
  const scan = (from: number): { end: number; isDue: boolean; error?: SseError | undefined } => {
    const length = buffer.length()
    let isDue = false
    let start = from
    if (afterCr && buffer.at(start) === LF) start += 1
    let end = start > from ? start : 0
    afterCr = false
    while (start < length) {
      const found = buffer.findEnd(start)
      const error = guard.extendLine(buffer.at(start), found - start)
      if (error !== undefined) return { end, isDue, error }
      if (found === length) break
      if (guard.endLine()) isDue = true
      start = found + 1
      if (buffer.at(found) === CR) {
        afterCr = start === length
        if (!afterCr && buffer.at(start) === LF) start += 1
      }
      end = start
    }
    return { end, isDue }
  }

  const gather = (bytes: Uint8Array): void => {
    const from = buffer.length()
    buffer.add(bytes)
    const { end, isDue, error } = scan(from)
    if (isDue || (end >= batchBytes && error === undefined)) buffer.take(end, pass)
    if (error !== undefined) throw error
  }

  /** Passes on what ends with a blank line, and was not looked at. */
  const passEvents = (bytes: Uint8Array): void => {
    guard.endEvent()
    afterCr = false
    if (buffer.length() === 0) pass(bytes)
    else {
      buffer.add(bytes)
      buffer.take(buffer.length(), pass)
    }
  }

  const take = (bytes: Uint8Array): void => {
    // Where nothing can cross a limit, what comes before a blank line need not be looked at.
    const blankEnd = guard.fits(bytes.length) ? findBlankEnd(bytes) : 0
    if (blankEnd === 0) gather(bytes)
    else if (blankEnd === bytes.length) passEvents(bytes)
    else {
      passEvents(bytes.subarray(0, blankEnd))
      gather(bytes.subarray(blankEnd))
    }
  }

  const push = (bytes: Uint8Array): void => {
    if (bytes.length <= sliceBytes) take(bytes)
    else for (let at = 0; at < bytes.length; at += sliceBytes) take(bytes.subarray(at, at + sliceBytes))
  }

  return { push, flush: () => buffer.take(buffer.length(), pass) }
}
