import { createSseDecoder, type SseMessage } from '@gateway/sse'
import { lastEventEnd, nextEventEnd } from './whole-events.ts'

let message: SseMessage | undefined

// One for all streams: it is between two events whenever it is not reading one, and keeps nothing that matters to the
// next. Whoever calls bounds the bytes.
const decoder = createSseDecoder({
  onMessage: (read) => {
    message = read
  },
  maxLineLength: Number.POSITIVE_INFINITY,
  maxEventLength: Number.POSITIVE_INFINITY,
})

/** A whole event within bytes, its blank line included. */
export interface PlacedEvent {
  start: number
  end: number
  /** `undefined` where it has no data, as a comment. */
  message: SseMessage | undefined
}

/** The event that begins at `start`. */
export const eventFrom = (bytes: Uint8Array, start: number): PlacedEvent => {
  const end = endOfPlain(bytes, start)
  const message = end === none ? undefined : readPlain(bytes.subarray(start, end))
  return message === undefined ? place(bytes, start, nextEventEnd(bytes, start)) : { start, end, message }
}

/** The event in which the byte at `at` stands. */
export const eventAround = (bytes: Uint8Array, at: number): PlacedEvent => {
  const start = startOfPlain(bytes, at)
  const end = start === none ? none : endOfPlain(bytes, at)
  const message = end === none ? undefined : readPlain(bytes.subarray(start, end))
  return message === undefined
    ? place(bytes, lastEventEnd(bytes, at), nextEventEnd(bytes, at))
    : { start, end, message }
}

const place = (bytes: Uint8Array, start: number, end: number): PlacedEvent => ({
  start,
  end,
  message: readEvent(bytes.subarray(start, end)),
})

/*
 * Where an event begins and ends whose lines end with LF alone, as nearly all do: nothing is quicker than a search for one
 * byte. That it had no other line ends is seen when it is read.
 */
const LF = 10
const CR = 13
const none = -1

const endOfPlain = (bytes: Uint8Array, from: number): number => {
  let at = bytes.indexOf(LF, from)
  while (at > 0 && bytes[at - 1] !== CR) {
    if (bytes[at + 1] === LF) return at + 2
    at = bytes.indexOf(LF, at + 1)
  }
  return none
}

const startOfPlain = (bytes: Uint8Array, before: number): number => {
  let at = before
  while (at > 0) {
    at = bytes.lastIndexOf(LF, at - 1)
    if (at < 0) break
    if (bytes[at - 1] === CR) return none
    if (bytes[at - 1] === LF) return at + 1
  }
  return 0
}

/** The message of one whole event, its blank line included; `undefined` where it has no data, as a comment. */
export const readEvent = (event: Uint8Array): SseMessage | undefined => readPlain(event) ?? decode(event)

const decode = (event: Uint8Array): SseMessage | undefined => {
  message = undefined
  decoder.push(event)
  const read = message
  message = undefined
  return read
}

// It keeps nothing between two events.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The message of an event as upstreams write them: a line of data, perhaps with a line of its name before it. */
const readPlain = (event: Uint8Array): SseMessage | undefined => {
  const text = utf8.decode(event)
  const start = text.startsWith('event: ') ? text.indexOf('\n') + 1 : 0
  const end = text.length - 2
  if (!text.startsWith('data: ', start) || text.indexOf('\n', start) !== end || text.includes('\r'))
    return undefined
  const data = text.slice(start + 6, end)
  const name = start === 0 ? '' : text.slice(7, start - 1)
  return { event: name === '' ? undefined : name, data, id: undefined, lastEventId: '' }
}

/** Where a stream's text begins: behind its byte order mark, if it has one. */
export const textStart = (bytes: Uint8Array): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0

/** Bytes with the blank line that a server left out behind its last event. */
export const endEvent = (rest: Uint8Array): Uint8Array => {
  const ended = new Uint8Array(rest.length + 2).fill(10)
  ended.set(rest)
  return ended
}
