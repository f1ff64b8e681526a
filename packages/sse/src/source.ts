import type { HeartbeatOptions } from './heartbeat.ts'
import { createPuller, type Puller } from './pull.ts'
import type { SseFrame } from './types.ts'

/**
 * Frames to send: an async iterable, or a function that makes one. The function's signal aborts when the client
 * leaves or the stream ends for another reason than the end of the frames.
 */
export type SseSource =
  | AsyncIterable<SseFrame>
  | ((signal: AbortSignal) => AsyncIterable<SseFrame> | Promise<AsyncIterable<SseFrame>>)

/** Options of the functions that send a whole source. */
export interface SseSourceOptions extends HeartbeatOptions {
  /**
   * Hears the error of a source that fails, never a client's leaving. A frame that it returns is sent as the last
   * one; then the stream ends cleanly. Without it the connection breaks, so that the failure cannot be taken for the
   * end.
   */
  onError?: ((error: unknown) => SseFrame | undefined) | undefined
  /** Further headers, see `sseHeaders`. */
  headers?: HeadersInit | undefined
  /** Abort frees the source and breaks the connection. */
  signal?: AbortSignal | undefined
}

/** Opens a source for reading. When the signal has aborted meanwhile, the source is freed at once. */
export const openSource = async (source: SseSource, signal: AbortSignal): Promise<Puller<SseFrame>> =>
  createPuller(typeof source === 'function' ? await source(signal) : source, signal)
