import { SseError } from './errors.ts'

/** The default of `maxLineLength`. */
export const MAX_LINE_LENGTH: number = 1024 * 1024
/** The default of `maxEventLength`. */
export const MAX_EVENT_LENGTH: number = 4 * 1024 * 1024

/** Counts the bytes of lines and events as they go by. */
export interface LimitGuard {
  /** Whether no limit can be crossed by so many more bytes, whatever they are. */
  fits(bytes: number): boolean
  /** Takes so many bytes more of the open line, and the first of them. Returns the error of a limit that is crossed. */
  extendLine(first: number, bytes: number): SseError | undefined
  /** Returns whether the line means something by itself: a blank line, a comment, perhaps a `retry`. */
  endLine(): boolean
  /** A blank line has gone by. */
  endEvent(): void
}

const COLON = 58
const R = 114

const lineTooLong = (limit: number): SseError =>
  new SseError(
    'line-too-long',
    `A line of the event stream is longer than ${limit} bytes; raise maxLineLength if that is right.`,
  )

const eventTooLarge = (limit: number): SseError =>
  new SseError(
    'event-too-large',
    `An event of the stream is larger than ${limit} bytes; raise maxEventLength if that is right.`,
  )

/**
 * Holds an event stream to its limits, counted so that the way in which it is cut makes no difference: a line
 * without its line end; an event as the sum of its lines but comments, which nobody stores.
 */
export const createLimitGuard = (maxLineLength: number, maxEventLength: number): LimitGuard => {
  /** Of the unfinished line. */
  let lineLength = 0
  /** Its first byte. */
  let lineStart = 0
  /** Of the finished lines of the current event. */
  let eventLength = 0

  const fits = (bytes: number): boolean =>
    lineLength + bytes <= maxLineLength && eventLength + lineLength + bytes <= maxEventLength

  const extendLine = (first: number, bytes: number): SseError | undefined => {
    if (lineLength === 0 && bytes > 0) lineStart = first
    lineLength += bytes
    const allowedByEvent = lineStart === COLON ? Number.POSITIVE_INFINITY : maxEventLength - eventLength
    if (lineLength <= maxLineLength && lineLength <= allowedByEvent) return undefined
    // Whichever limit comes first in the stream, so that one big piece fails as many small ones do.
    return maxLineLength <= allowedByEvent ? lineTooLong(maxLineLength) : eventTooLarge(maxEventLength)
  }

  const endLine = (): boolean => {
    const isBlank = lineLength === 0
    const isComment = lineStart === COLON
    const isHeard = isBlank || isComment || lineStart === R
    if (isBlank) eventLength = 0
    else if (!isComment) eventLength += lineLength
    lineLength = lineStart = 0
    return isHeard
  }

  const endEvent = (): void => {
    lineLength = lineStart = eventLength = 0
  }

  return { fits, extendLine, endLine, endEvent }
}
