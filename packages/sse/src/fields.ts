import { createPieces } from './pieces.ts'
import type { SseMessage } from './types.ts'

/** Who hears what the lines of a stream mean. */
export interface FieldListeners {
  onMessage: (message: SseMessage) => void
  onComment?: ((text: string) => void) | undefined
  onRetry?: ((milliseconds: number) => void) | undefined
}

/** Puts lines together to events. Lines come without their ends. */
export interface Fields {
  /** One line that is not blank: a part of `text`, so that only what is kept is copied out of it. */
  line(text: string, start: number, end: number): void
  /** The value of a `data` line whose name has been read already. */
  data(value: string): void
  /** A blank line. */
  blank(): void
}

export const COLON = 58
const SPACE = 32
const DIGITS = /^[0-9]+$/

/** Where the value begins that follows a colon: one space between them is left out. */
const afterSpace = (text: string, start: number): number =>
  text.charCodeAt(start) === SPACE ? start + 1 : start

// Character by character, since this is where the time goes: `startsWith` takes three times as long (bench/sse).
const isData = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 100 &&
  text.charCodeAt(at + 1) === 97 &&
  text.charCodeAt(at + 2) === 116 &&
  text.charCodeAt(at + 3) === 97 &&
  text.charCodeAt(at + 4) === COLON

const isEvent = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 101 &&
  text.charCodeAt(at + 1) === 118 &&
  text.charCodeAt(at + 2) === 101 &&
  text.charCodeAt(at + 3) === 110 &&
  text.charCodeAt(at + 4) === 116 &&
  text.charCodeAt(at + 5) === COLON

/**
 * Where the value of a `data` line begins that starts at `start`, or -1 for another line. The character after the
 * colon has to be there, for it might be the space.
 */
export const findDataValue = (text: string, start: number): number =>
  isData(text, start) ? afterSpace(text, start + 5) : -1

/**
 * Creates the interpreter of the lines of one stream.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export const createFields = ({ onMessage, onComment, onRetry }: FieldListeners): Fields => {
  let event: string | undefined
  let id: string | undefined
  let lastEventId = ''
  let lines = 0
  let firstLine = ''
  const moreLines = createPieces()

  const data = (value: string): void => {
    if (lines === 0) firstLine = value
    else {
      moreLines.add('\n')
      moreLines.add(value)
    }
    lines += 1
  }

  const field = (name: string, value: string): void => {
    if (name === 'data') data(value)
    else if (name === 'event') event = value === '' ? undefined : value
    else if (name === 'id') {
      if (!value.includes('\0')) id = value
    } else if (name === 'retry' && DIGITS.test(value)) {
      onRetry?.(Math.min(Number(value), Number.MAX_SAFE_INTEGER))
    }
  }

  const line = (text: string, start: number, end: number): void => {
    // Nearly every line is one of the first two.
    if (isData(text, start)) data(text.slice(afterSpace(text, start + 5), end))
    else if (isEvent(text, start)) event = text.slice(afterSpace(text, start + 6), end) || undefined
    else if (text.charCodeAt(start) === COLON) onComment?.(text.slice(afterSpace(text, start + 1), end))
    else {
      const whole = text.slice(start, end)
      const colon = whole.indexOf(':')
      if (colon === -1) field(whole, '')
      else field(whole.slice(0, colon), whole.slice(afterSpace(whole, colon + 1)))
    }
  }

  const blank = (): void => {
    // The id of an event without data sticks all the same.
    if (id !== undefined) lastEventId = id
    if (lines > 0) {
      const message = { event, data: lines === 1 ? firstLine : firstLine + moreLines.take(), id, lastEventId }
      lines = 0
      firstLine = ''
      event = id = undefined
      onMessage(message)
    } else event = id = undefined
  }

  return { line, data, blank }
}
