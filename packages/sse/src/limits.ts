import { SseError } from './errors.ts'

/** The default of `maxLineLength`. */
export const MAX_LINE_LENGTH: number = 1024 * 1024
/** The default of `maxEventLength`. */
export const MAX_EVENT_LENGTH: number = 4 * 1024 * 1024

/** A limit that this text crosses, and how much of it comes before the line that crosses it. */
export interface LimitCrossing {
  error: SseError
  before: number
}

/** Counts lines and events as their text goes by. */
export interface LimitGuard {
  check(text: string): LimitCrossing | undefined
}

const LF = 10
const CR = 13
const COLON = 58

const endsBlank = (text: string): boolean =>
  text.charCodeAt(text.length - 1) === LF && text.charCodeAt(text.length - 2) === LF

/** Where the last blank line ends that needs no look at what came before, or -1. */
const findBlankEnd = (text: string): number => {
  // Searching forwards is many times quicker, and mostly either fails or succeeds at once.
  return text.includes('\n\n') ? text.lastIndexOf('\n\n') + 2 : -1
}

const lineTooLong = (limit: number): SseError =>
  new SseError(
    'line-too-long',
    `A line of the event stream is longer than ${limit}; raise maxLineLength if that is right.`,
  )

const eventTooLarge = (limit: number): SseError =>
  new SseError(
    'event-too-large',
    `An event of the stream is larger than ${limit}; raise maxEventLength if that is right.`,
  )

/**
 * Holds an event stream to its limits, counted so that the way in which it is cut makes no difference: a line
 * without its line end; an event as the sum of its lines but comments, which nobody stores.
 */
export const createLimitGuard = (maxLineLength: number, maxEventLength: number): LimitGuard => {
  /** Of the unfinished line. */
  let lineLength = 0
  let inComment = false
  /** Of the finished lines of the current event. */
  let eventLength = 0
  /** The text so far ends with a CR: an LF that follows belongs to it. */
  let afterCr = false

  const extendLine = (text: string, start: number, end: number): SseError | undefined => {
    if (lineLength === 0 && end > start) inComment = text.charCodeAt(start) === COLON
    lineLength += end - start
    const allowedByEvent = inComment ? Number.POSITIVE_INFINITY : maxEventLength - eventLength
    if (lineLength <= maxLineLength && lineLength <= allowedByEvent) return undefined
    // Whichever limit comes first in the stream, so that one big piece fails as many small ones do.
    return maxLineLength <= allowedByEvent ? lineTooLong(maxLineLength) : eventTooLarge(maxEventLength)
  }

  const endLine = (): void => {
    if (lineLength === 0) eventLength = 0
    else if (!inComment) eventLength += lineLength
    lineLength = 0
    inComment = false
  }

  const scan = (text: string, from: number): LimitCrossing | undefined => {
    let start = from
    if (afterCr && text.length > from) {
      if (text.charCodeAt(from) === LF) start += 1
      afterCr = false
    }
    // Both searches are remembered, so that none is done twice.
    let lf = text.indexOf('\n', start)
    let cr = text.indexOf('\r', start)
    while (start < text.length) {
      if (lf !== -1 && lf < start) lf = text.indexOf('\n', start)
      if (cr !== -1 && cr < start) cr = text.indexOf('\r', start)
      const found = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf
      const error = extendLine(text, start, found === -1 ? text.length : found)
      if (error !== undefined) return { error, before: start }
      if (found === -1) return undefined
      endLine()
      start = found + 1
      if (text.charCodeAt(found) !== CR) continue
      if (text.charCodeAt(start) === LF) start += 1
      else afterCr = start === text.length
    }
    return undefined
  }

  const check = (text: string): LimitCrossing | undefined => {
    const most = lineLength + text.length
    if (most > maxLineLength || eventLength + most > maxEventLength) return scan(text, 0)
    // Nothing in here can cross a limit, so only what is left open at its end needs counting. The usual piece ends
    // with a blank line, and is done after its last two characters.
    const blankEnd = endsBlank(text) ? text.length : findBlankEnd(text)
    if (blankEnd === -1) return scan(text, 0)
    lineLength = eventLength = 0
    inComment = afterCr = false
    return blankEnd === text.length ? undefined : scan(text, blankEnd)
  }

  return { check }
}
