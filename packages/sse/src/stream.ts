import { createWriter, HIGH_WATER_BYTES, type SseStreamOptions, type SseWriter } from './writer.ts'

/** An event stream: bytes come out of `readable` as events are sent. */
export interface SseStream extends SseWriter {
  /** The bytes, for the body of a `Response`. Cancelling it means that the client has left. */
  readonly readable: ReadableStream<Uint8Array>
}

/**
 * Creates an event stream that code sends into, for servers whose events come from elsewhere. Where they come from
 * an async iterable, `sseResponse` is shorter and reads it no faster than the client.
 *
 * @throws SseError `invalid-option` or `invalid-field` for an option out of its range.
 *
 * @example
 * const stream = createSseStream()
 * const response = new Response(stream.readable, { headers: sseHeaders() })
 * await stream.sendJson('progress', { percent: 50 }, { id: '1' })
 * stream.close()
 */
export const createSseStream = (options: SseStreamOptions = {}): SseStream => {
  const host: { queue?: ReadableStreamDefaultController<Uint8Array> } = {}

  const readable = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        host.queue = controller
      },
      pull: () => hosted.taken(),
      cancel: (reason) => hosted.gone(reason),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
  )

  const hosted = createWriter(
    {
      open: () => {},
      write: (bytes) => host.queue?.enqueue(bytes),
      waiting: () => HIGH_WATER_BYTES - (host.queue?.desiredSize ?? 0),
      end: () => host.queue?.close(),
      destroy: (error) => host.queue?.error(error),
    },
    options,
  )
  return { readable, ...hosted.writer }
}
