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
export const readEvent = (event: Uint8Array): SseMessage | undefined => {
  message = undefined
  decoder.push(event)
  const read = message
  message = undefined
  return read
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
