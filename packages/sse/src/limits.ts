import { SseError } from './errors.ts'

/** The default of `maxLineLength`. */
export const MAX_LINE_LENGTH: number = 1024 * 1024
/** The default of `maxEventLength`. */
export const MAX_EVENT_LENGTH: number = 4 * 1024 * 1024

export const lineTooLong = (limit: number): SseError =>
  new SseError(
    'line-too-long',
    `A line of the event stream is longer than ${limit}; raise maxLineLength if that is right.`,
  )

export const eventTooLarge = (limit: number): SseError =>
  new SseError(
    'event-too-large',
    `An event of the stream is larger than ${limit}; raise maxEventLength if that is right.`,
  )
