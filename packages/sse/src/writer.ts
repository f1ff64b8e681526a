import { whenAborted } from './abort.ts'
import { encodeSseBytes, toJsonData } from './encode.ts'
import { SseError } from './errors.ts'
import { createGate } from './gate.ts'
import { createHeartbeat, type HeartbeatOptions } from './heartbeat.ts'
import { requirePositive } from './options.ts'
import { createStallWatch, type StallOptions } from './stall.ts'
import type { SseFrame } from './types.ts'

/** Options of a stream that events are sent into. */
export interface SseStreamOptions extends HeartbeatOptions, StallOptions {
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
   * @throws SseError `closed`, `overflow`, `stalled` or `invalid-field`; the reason of the `signal` option.
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
  /** Aborts when the stream ends before `close()`: the client left or stalled, an overflow, the `signal` option. */
  readonly signal: AbortSignal
}

/** Where a writer's bytes go: the seam between the writer and a host. */
export interface SseSink {
  /** Comes once, before any `write`, when the options have been found good. */
  open(): void
  write(bytes: Uint8Array): void
  /** How many of the bytes written the client has not taken yet. */
  waiting(): number
  /** Ends the host's stream after what waits. */
  end(): void
  /** Ends it at once. */
  destroy(error: unknown): void
}

/** A writer of bytes, and what its host tells it. */
interface ByteWriter {
  write(bytes: Uint8Array): Promise<void>
  close(): void
  /** The client has taken something. */
  taken(): void
  /** The client has left. */
  gone(cause: unknown): void
  closed: Promise<void>
  signal: AbortSignal
}

/** A writer, and what its host tells it. */
export type HostedWriter = Pick<ByteWriter, 'taken' | 'gone'> & { writer: SseWriter }

const MAX_QUEUED_BYTES = 1024 * 1024

/** Senders wait once this much does: enough to fill a packet or ten, little enough to hold for each client. */
export const HIGH_WATER_BYTES: number = 16 * 1024

const encoder = new TextEncoder()

/** The error that a stream ends with when its client leaves. */
export const clientLeft = (cause: unknown): SseError =>
  new SseError('closed', 'The client has left the event stream.', cause === undefined ? undefined : { cause })

const overflow = (waiting: number, more: number, limit: number): SseError =>
  new SseError(
    'overflow',
    `The client reads too slowly: ${waiting} bytes wait, and ${more} more would pass maxQueuedBytes (${limit}). ` +
      'Await each send.',
  )

/** What a stream stops when it ends, whatever ends it. */
interface Ending {
  /** The error that sends reject with once it has ended. */
  error(): { error: unknown } | undefined
  /** False when it has ended before. */
  end(error: unknown): boolean
  /** Adds what has to be stopped; at once if it is too late. */
  stopAtEnd(stop: () => void): void
  closed: Promise<void>
}

const createEnding = (): Ending => {
  const closed = Promise.withResolvers<void>()
  const stops: (() => void)[] = []
  let ended: { error: unknown } | undefined

  const end = (error: unknown): boolean => {
    if (ended !== undefined) return false
    ended = { error }
    for (const stop of stops) stop()
    closed.resolve()
    return true
  }

  const stopAtEnd = (stop: () => void): void => {
    if (ended === undefined) stops.push(stop)
    else stop()
  }

  return { error: () => ended, end, stopAtEnd, closed: closed.promise }
}

const createByteWriter = (sink: SseSink, options: SseStreamOptions): ByteWriter => {
  const maxQueuedBytes = requirePositive('maxQueuedBytes', options.maxQueuedBytes ?? MAX_QUEUED_BYTES)
  const heartbeat = createHeartbeat(options)
  const opening = encoder.encode(heartbeat.opening)
  const leaving = new AbortController()
  const ending = createEnding()
  const gate = createGate()
  let written = 0

  const abort = (error: unknown): void => {
    if (!ending.end(error)) return
    gate.fail(error)
    sink.destroy(error)
    leaving.abort(error)
  }

  const stall = createStallWatch(options, {
    isWaiting: gate.isHolding,
    taken: () => written - sink.waiting(),
    onStall: abort,
  })

  const put = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return
    written += bytes.length
    sink.write(bytes)
  }

  const hasRoom = (): boolean => sink.waiting() < HIGH_WATER_BYTES

  const write = async (bytes: Uint8Array): Promise<void> => {
    const over = ending.error()
    if (over !== undefined) throw over.error
    const waiting = sink.waiting()
    // When nothing but the opening waits, even an event above the cap is taken.
    if (waiting > opening.length && waiting + bytes.length > maxQueuedBytes) {
      abort(overflow(waiting, bytes.length, maxQueuedBytes))
      throw leaving.signal.reason
    }
    put(bytes)
    if (hasRoom()) return
    stall.wait()
    await gate.wait()
  }

  const close = (): void => {
    if (!ending.end(new SseError('closed', 'The event stream is closed; nothing more can be sent.'))) return
    sink.end()
    // What they wait for is on its way to the client.
    gate.open()
  }

  sink.open()
  put(opening)
  const beat = (ping: string): void => {
    if (sink.waiting() === 0) put(encoder.encode(ping))
  }
  ending.stopAtEnd(heartbeat.start(beat))
  ending.stopAtEnd(stall.stop)
  ending.stopAtEnd(whenAborted(options.signal, abort))

  const gone = (cause: unknown): void => abort(clientLeft(cause))
  const taken = (): void => {
    if (hasRoom()) gate.open()
  }

  return { write, close, taken, gone, closed: ending.closed, signal: leaving.signal }
}

/** Everything about sending that does not depend on the host. */
export const createWriter = (sink: SseSink, options: SseStreamOptions): HostedWriter => {
  const { write, close, taken, gone, closed, signal } = createByteWriter(sink, options)
  const writer: SseWriter = {
    send: async (frame) => write(encodeSseBytes(frame)),
    sendJson: async (event, value, { id } = {}) =>
      write(encodeSseBytes({ event, id, data: toJsonData(value) })),
    comment: async (text) => write(encodeSseBytes({ comment: text })),
    close,
    closed,
    signal,
  }
  return { writer, taken, gone }
}
