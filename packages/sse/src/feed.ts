import type { SseDecoder } from './decoder.ts'
import { createPuller } from './pull.ts'
import type { SseByteSource } from './types.ts'

/** Moves bytes from their source into a decoder, a chunk for each call. */
export interface Feed {
  /** Reads one chunk; callers that come meanwhile share the wait. A promise only where the source made one. */
  read(): Promise<void> | undefined
  /** Nothing more will be read. */
  isOver(): boolean
  /** The error that ended it, once. */
  takeFailure(): { error: unknown } | undefined
  /** Ends it, with a failure or without one, and settles when the source has been freed. */
  stop(failure?: { error: unknown } | undefined): Promise<void>
}

/** Creates the way from a source to a decoder. The source is opened now and first read by `read`. */
export const createFeed = (
  bytes: SseByteSource,
  decoder: SseDecoder,
  signal: AbortSignal | undefined,
): Feed => {
  const chunks = createPuller(bytes, signal)
  let over = false
  let failure: { error: unknown } | undefined
  let reading: Promise<void> | undefined

  const fail = (error: unknown): void => {
    reading = undefined
    if (over) return
    over = true
    failure = { error }
  }

  const accept = (step: IteratorResult<Uint8Array, unknown>): void => {
    reading = undefined
    if (over) return
    try {
      if (step.done) {
        decoder.end()
        over = true
      } else decoder.push(step.value)
    } catch (error) {
      fail(error)
      // The reader hears of this error; a source that fails on its way out adds nothing to it.
      chunks.free(error).catch(() => {})
    }
  }

  const read = (): Promise<void> | undefined => {
    if (reading !== undefined) return reading
    try {
      const step = chunks.next()
      if ('then' in step) reading = step.then(accept, fail)
      else accept(step)
    } catch (error) {
      fail(error)
    }
    return reading
  }

  const takeFailure = (): { error: unknown } | undefined => {
    const taken = failure
    failure = undefined
    return taken
  }

  const stop = async (reason?: { error: unknown } | undefined): Promise<void> => {
    const wasOver = over
    over = true
    failure = reason
    if (!wasOver) await chunks.free(reason?.error)
  }

  return { read, isOver: () => over, takeFailure, stop }
}
