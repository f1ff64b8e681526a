import { createSseDecoder, type SseMessage } from '@gateway/sse'

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
