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

const iterableOf = async (source: SseSource, signal: AbortSignal): Promise<AsyncIterable<SseFrame>> =>
  typeof source === 'function' ? source(signal) : source

/** Opens a source for reading. When the signal has aborted meanwhile, the source is freed at once. */
export const openSource = async (source: SseSource, signal: AbortSignal): Promise<Puller<SseFrame>> =>
  createPuller(await iterableOf(source, signal), signal)

/** Asks for the next frame's bytes; `undefined` at the end. */
export type FrameReader = () => Promise<Uint8Array | undefined>

/**
 * Creates a reader that opens the source at its first call. Abort frees the source, opened or not, silent or not. A call
 * that waits for a silent source is left open by it: who aborts wants no answer, and a promise for each frame that could
 * be rejected would be paid by every frame.
 */
export const createFrameReader = (source: SseSource, signal: AbortSignal): FrameReader => {
  let opening: Promise<Puller<SseFrame>> | undefined
  let frames: Puller<SseFrame> | undefined
  let failed = false

  const open = (): Promise<Puller<SseFrame>> => {
    opening ??= iterableOf(source, signal).then((iterable) => createPuller(iterable))
    return opening
  }

  whenAborted(signal, (reason) => {
    // A function that was never called holds nothing. An iterable may hold a connection: opened now, it is freed. One
    // that has failed is through. What goes wrong on the way out interests nobody any more.
    if (failed || (opening === undefined && typeof source === 'function')) return
    open()
      .then((opened) => opened.free(reason))
      .catch(() => {})
  })

  return async () => {
    frames ??= await open()
    for (;;) {
      signal.throwIfAborted()
      let step: IteratorResult<SseFrame, unknown>
      try {
        step = await frames.next()
      } catch (error) {
        failed = true
        throw error
      }
      if (step.done) return undefined
      const bytes = encodeSseBytes(step.value)
      // An empty frame has no bytes, and a chunk of none is the end in the chunked encoding of HTTP.
      if (bytes.length > 0) return bytes
    }
  }
}
