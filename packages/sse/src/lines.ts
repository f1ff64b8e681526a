import { COLON, type Fields, findDataValue } from './fields.ts'
import { eventTooLarge, lineTooLong } from './limits.ts'
import { createPieces } from './pieces.ts'

const LF = 10

/** Takes the next text of a stream, cut anywhere. @throws SseError `line-too-long` or `event-too-large` */
export type TakeText = (text: string) => void

/**
 * Creates what cuts a stream into lines at CRLF, CR and LF, and holds it to its limits. The way in which the stream
 * was cut before makes no difference to either: the length of a line is counted without its end, that of an event
 * as the sum of its lines but comments, which nobody stores.
 */
export const createLines = (fields: Fields, maxLineLength: number, maxEventLength: number): TakeText => {
  /** The line that the text so far leaves open, or of a `data` line its value. */
  const open = createPieces()
  let openLength = 0
  let isOpenData = false
  let isComment = false
  /** Of the finished lines of the current event. */
  let eventLength = 0
  /** The text so far ends with a CR: an LF that follows belongs to it. */
  let isAfterCr = false

  /** Counts a line, or what there is of it. */
  const check = (length: number): void => {
    if (length <= maxLineLength && eventLength + length <= maxEventLength) return
    const allowedByEvent = isComment ? length : maxEventLength - eventLength
    // Whichever limit comes first in the stream, so that one big piece fails as many small ones do.
    if (length > maxLineLength && maxLineLength <= allowedByEvent) throw lineTooLong(maxLineLength)
    if (length > allowedByEvent) throw eventTooLarge(maxEventLength)
  }

  const leaveOpen = (text: string, start: number): void => {
    let from = start
    if (openLength === 0) {
      isComment = text.charCodeAt(start) === COLON
      // Most long lines are data. Of those the value is kept apart from the name, so that in the end nobody has to
      // look into it: the first look at a text that was put together from pieces copies it.
      const value = findDataValue(text, start)
      isOpenData = value !== -1 && value < text.length
      if (isOpenData) from = value
    }
    openLength += text.length - start
    check(openLength)
    open.add(text.slice(from))
  }

  const endOpen = (text: string, start: number, end: number): void => {
    const length = openLength + end - start
    check(length)
    if (!isComment) eventLength += length
    openLength = 0
    open.add(text.slice(start, end))
    const line = open.take()
    if (isOpenData) fields.data(line)
    else fields.line(line, 0, line.length)
  }

  const takeLine = (text: string, start: number, end: number): void => {
    if (openLength > 0) endOpen(text, start, end)
    else if (start === end) {
      eventLength = 0
      fields.blank()
    } else {
      isComment = text.charCodeAt(start) === COLON
      check(end - start)
      if (!isComment) eventLength += end - start
      fields.line(text, start, end)
    }
  }

  return (text) => {
    const { length } = text
    let start = 0
    if (isAfterCr && length > 0) {
      if (text.charCodeAt(0) === LF) start = 1
      isAfterCr = false
    }
    // Both searches are remembered, so that none is done twice.
    let lf = text.indexOf('\n', start)
    let cr = text.indexOf('\r', start)
    while (start < length) {
      if (lf !== -1 && lf < start) lf = text.indexOf('\n', start)
      if (cr !== -1 && cr < start) cr = text.indexOf('\r', start)
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr
      if (end === -1) return leaveOpen(text, start)
      takeLine(text, start, end)
      start = end + 1
      if (end !== cr) continue
      if (text.charCodeAt(start) === LF) start += 1
      else isAfterCr = start === length
    }
  }
}
