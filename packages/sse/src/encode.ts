import { quote, SseError } from './errors.ts'
import type { SseFrame } from './types.ts'

const LINE_ENDS = /\r\n|\r|\n/g
const FORBIDDEN = /[\r\n\0]/

/** One line per line of the text, so that no text can end its field and begin another. */
const toLines = (prefix: string, field: string, text: string): string => {
  if (typeof text !== 'string') {
    throw new SseError(
      'invalid-field',
      `${field} must be a string, got ${quote(text)}; encode values as JSON first.`,
    )
  }
  // Two searches for one character are many times quicker than the pattern, and nearly all JSON stops here.
  if (text.indexOf('\n') === -1 && text.indexOf('\r') === -1) return `${prefix}${text}\n`
  return `${prefix}${text.replace(LINE_ENDS, `\n${prefix}`)}\n`
}

const toSingleLine = (field: string, value: string): string => {
  if (typeof value !== 'string' || FORBIDDEN.test(value)) {
    throw new SseError(
      'invalid-field',
      `${field} must be a string without line ends and NUL, got ${quote(value)}.`,
    )
  }
  return `${field}: ${value}\n`
}

const toRetry = (milliseconds: number): string => {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
    throw new SseError(
      'invalid-field',
      `retry must be a whole number of milliseconds, 0 or more, got ${quote(milliseconds)}.`,
    )
  }
  return `retry: ${milliseconds}\n`
}

/**
 * Writes one frame in the format of an event stream, in the order comment, id, event, retry, data.
 *
 * A frame with `id`, `event` or `data` ends with the blank line that dispatches it. A frame that has only a
 * comment or `retry` does not: both take effect without it, and some clients (`@microsoft/fetch-event-source`)
 * hand an empty message to their user for each blank line. It then travels in the block of the next event.
 *
 * @throws SseError `invalid-field` for `event` or `id` with a line end or NUL, or a `retry` that is not a whole
 * number of milliseconds.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 *
 * @example
 * encodeSse({ event: 'delta', id: '7', data: 'two\nlines' }) // 'id: 7\nevent: delta\ndata: two\ndata: lines\n\n'
 */
export const encodeSse = (frame: SseFrame): string => {
  const { comment, id, event, retry, data } = frame
  let text = ''
  if (comment !== undefined) text = toLines(': ', 'comment', comment)
  if (id !== undefined) text += toSingleLine('id', id)
  if (event !== undefined && event !== '') text += toSingleLine('event', event)
  if (retry !== undefined) text += toRetry(retry)
  if (data !== undefined) text += toLines('data: ', 'data', data)
  else if (id === undefined && (event === undefined || event === '')) return text
  return `${text}\n`
}

const encoder = new TextEncoder()

/**
 * The bytes of `encodeSse`, by way of its text. Writing large data straight into a buffer saves that copy and costs more:
 * up to some 100 KB it takes longer, and the engine, which paces its collections by the size of what is on its own heap,
 * lets buffers of clients that read slowly lie about for longer.
 */
export const encodeSseBytes = (frame: SseFrame): Uint8Array => encoder.encode(encodeSse(frame))

/** A value as the `data` of a frame. */
export const toJsonData = (value: unknown): string => {
  let data: string | undefined
  try {
    data = JSON.stringify(value)
  } catch (cause) {
    throw new SseError('invalid-field', 'The value cannot be written as JSON; see the cause.', { cause })
  }
  if (data === undefined) {
    throw new SseError(
      'invalid-field',
      `A value of type ${typeof value} has no JSON form; send null instead.`,
    )
  }
  return data
}
