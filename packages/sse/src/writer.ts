import { encodeSse, toJsonData } from './encode.ts'
import { SseError } from './errors.ts'
import { createHeartbeat, type HeartbeatOptions } from './heartbeat.ts'
import { requirePositive } from './options.ts'
import type { SseFrame } from './types.ts'

/** Options of a stream that events are sent into. */
export interface SseStreamOptions extends HeartbeatOptions {
  /**
   * How many bytes may wait for a client that reads too slowly. A send that would pass it ends the stream with
   * `overflow`, and the client resumes later with `Last-Event-ID`. A single event is always taken when nothing else
   * waits, since it would never get through otherwise. @defaultValue 1 MiB
   */
  maxQueuedBytes?: number | undefined
  /** Abort ends the stream: what still waits is dropped, and sends reject with the signal's reason. */
  signal?: AbortSignal | undefined
}

/** The sending side of an event stream. Each method may be called at any time, by any number of callers. */
export interface SseWriter {
  /**
   * Sends one frame. Await it: it settles when there is room for more, which is how a slow client slows its
   * sender.
   * @throws SseError `closed`, `overflow` or `invalid-field`; the reason of the `signal` option.
   */
  send(frame: SseFrame): Promise<void>
  /** Sends a value as JSON. Without `event` the client sees a `message`. @throws SseError as `send` */
  sendJson(event: string | undefined, value: unknown, options?: { id?: string | undefined }): Promise<void>
  /** Sends text that clients ignore. @throws SseError as `send` */
  comment(text: string): Promise<void>
  /** Ends the stream after what was sent. Calling it again does nothing. */
  close(): void
  /** Settles when the stream is over, whatever ended it. Never rejects. */
  readonly closed: Promise<void>
  /** Aborts when the stream ends before `close()`: the client left, an overflow, the `signal` option. */
  readonly signal: AbortSignal
}

/** Where a writer's bytes go: the seam between the writer and a host. */
export interface SseSink {
  write(bytes: Uint8Array): void
  /** How many bytes the client has not taken yet. */
  waiting(): number
  /** Whether the host wants more now. */
  hasRoom(): boolean
  /** Ends the host's stream after what waits. */
  end(): void
  /** Ends it at once. */
  destroy(error: unknown): void
}

/** A writer, and what its host tells it. */
export interface HostedWriter {
  writer: SseWriter
  /** There is room again. */
  room(): void
  /** The client has left. */
  gone(cause: unknown): void
}

const MAX_QUEUED_BYTES = 1024 * 1024
const encoder = new TextEncoder()

/** The error that a stream ends with when its client leaves. */
export const clientLeft = (cause: unknown): SseError =>
  new SseError('closed', 'The client has left the event stream.', cause === undefined ? undefined : { cause })

/** Everything about sending that does not depend on the host. */
export const createWriter = (sink: SseSink, options: SseStreamOptions): HostedWriter => {
  const { signal } = options
  const maxQueuedBytes = requirePositive('maxQueuedBytes', options.maxQueuedBytes ?? MAX_QUEUED_BYTES)
  const heartbeat = createHeartbeat(options)
  const opening = encoder.encode(heartbeat.opening)
  const leaving = new AbortController()
  const closed = Promise.withResolvers<void>()
  let ended: { error: unknown } | undefined
  /** One promise for all senders that wait; there is none while there is room. */
  let waiters: PromiseWithResolvers<void> | undefined

  const room = (): void => {
    waiters?.resolve()
    waiters = undefined
  }

  const finish = (error: unknown): void => {
    ended = { error }
    stopHeartbeat()
    signal?.removeEventListener('abort', onAbort)
    closed.resolve()
  }

  const abort = (error: unknown): void => {
    if (ended !== undefined) return
    finish(error)
    waiters?.reject(error)
    waiters = undefined
    sink.destroy(error)
    leaving.abort(error)
  }

  const onAbort = (): void => abort(signal?.reason)

  const write = async (text: string): Promise<void> => {
    if (ended !== undefined) throw ended.error
    if (text === '') return
    const bytes = encoder.encode(text)
    const waiting = sink.waiting()
    if (waiting > opening.length && waiting + bytes.length > maxQueuedBytes) {
      const error = new SseError(
        'overflow',
        `The client reads too slowly: ${waiting} bytes wait, and ${bytes.length} more would pass maxQueuedBytes ` +
          `(${maxQueuedBytes}). Await each send.`,
      )
      abort(error)
      throw error
    }
    sink.write(bytes)
    if (sink.hasRoom()) return
    waiters ??= Promise.withResolvers()
    await waiters.promise
  }

  const close = (): void => {
    if (ended !== undefined) return
    finish(new SseError('closed', 'The event stream is closed; nothing more can be sent.'))
    sink.end()
    // What they wait for is on its way to the client.
    room()
  }

  let stopHeartbeat = (): void => {}
  if (opening.length > 0) sink.write(opening)
  stopHeartbeat = heartbeat.start((ping) => {
    if (sink.waiting() === 0) sink.write(encoder.encode(ping))
  })
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })

  return {
    writer: {
      send: async (frame) => write(encodeSse(frame)),
      sendJson: async (event, value, { id } = {}) => write(encodeSse({ event, id, data: toJsonData(value) })),
      comment: async (text) => write(encodeSse({ comment: text })),
      close,
      closed: closed.promise,
      signal: leaving.signal,
    },
    room,
    gone: (cause) => abort(clientLeft(cause)),
  }
}
