import { whenAborted } from './abort.ts'
import { encodeSseBytes } from './encode.ts'
import type { HeartbeatOptions } from './heartbeat.ts'
import { createPuller, type Puller } from './pull.ts'
import type { StallOptions } from './stall.ts'
import type { SseFrame } from './types.ts'

/**
 * Frames to send: an async iterable, or a function that makes one. The function's signal aborts when the client
 * leaves or the stream ends for another reason than the end of the frames.
 */
export type SseSource =
  | AsyncIterable<SseFrame>
  | ((signal: AbortSignal) => AsyncIterable<SseFrame> | Promise<AsyncIterable<SseFrame>>)

/** Options of the functions that send a whole source. */
export interface SseSourceOptions extends HeartbeatOptions, StallOptions {
  /**
   * Hears the error of a source that fails, never a client's leaving. A frame that it returns is sent as the last
   * one, and the stream ends cleanly. Without such a frame the connection breaks, so that the failure cannot be
   * taken for the end.
   */
  onError?: ((error: unknown) => SseFrame | undefined) | undefined
  /** Further headers, see `sseHeaders`. */
  headers?: HeadersInit | undefined
  /** Abort frees the source and breaks the connection. Heard from the first read on. */
  signal?: AbortSignal | undefined
}

/** Opens a source for reading. When the signal has aborted meanwhile, the source is freed at once. */
export const openSource = async (source: SseSource, signal: AbortSignal): Promise<Puller<SseFrame>> =>
  createPuller(typeof source === 'function' ? await source(signal) : source, signal)

/** Asks for the next frame's bytes; `undefined` at the end. */
export type FrameReader = () => Promise<Uint8Array | undefined>

/** Creates a reader that opens the source at its first call. Abort frees the source, opened or not, silent or not. */
export const createFrameReader = (source: SseSource, signal: AbortSignal): FrameReader => {
  let frames: Promise<Puller<SseFrame>> | undefined

  const open = (): Promise<Puller<SseFrame>> => {
    frames ??= openSource(source, signal)
    return frames
  }

  whenAborted(signal, () => {
    // A function that was never called holds nothing. An iterable may hold a connection: opened now, it is freed.
    // What goes wrong with it interests nobody any more.
    if (typeof source !== 'function') open().catch(() => {})
  })

  return async () => {
    const opened = await open()
    for (;;) {
      const step = await opened.next()
      if (step.done) return undefined
      const bytes = encodeSseBytes(step.value)
      // An empty frame has no bytes, and a chunk of none is the end in the chunked encoding of HTTP.
      if (bytes.length > 0) return bytes
    }
  }
}
