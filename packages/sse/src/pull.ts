import { whenAborted } from './abort.ts'

/** A source that values are pulled from, one at a time. */
export type PullSource<T> = ReadableStream<T> | AsyncIterable<T> | Iterable<T>

/** The next value, now or later. Synchronous sources answer now, which saves a turn of the microtask queue. */
export type PullResult<T> = IteratorResult<T, unknown> | Promise<IteratorResult<T, unknown>>

/** One way to read every kind of source. */
export interface Puller<T> {
  /**
   * Asks for the next value; call it again only when the answer is there.
   * @throws the signal's reason once it has aborted, also while the source is silent.
   */
  next(): PullResult<T>
  /** Tells the source that no more is wanted. Settles when the source has cleaned up. */
  free(reason?: unknown): Promise<void>
}

const openSource = <T>(source: PullSource<T>): Puller<T> => {
  if ('getReader' in source) {
    const reader = source.getReader()
    return { next: () => reader.read(), free: (reason) => reader.cancel(reason) }
  }
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  return {
    next: () => iterator.next(),
    free: async () => {
      await iterator.return?.()
    },
  }
}

/**
 * Reads a source until its end or until the signal aborts. Abort frees the source at once, whether or not anybody
 * is reading, and a pending `next` rejects without waiting for the source: the `return()` of a generator would
 * queue behind it.
 */
export const createPuller = <T>(source: PullSource<T>, signal?: AbortSignal | undefined): Puller<T> => {
  const opened = openSource(source)
  if (signal === undefined) return opened
  let interrupt: ((reason: unknown) => void) | undefined

  const stopListening = whenAborted(signal, (reason) => {
    // The abort is what the reader hears of; a source that fails on its way out adds nothing to it.
    opened.free(reason).catch(() => {})
    interrupt?.(reason)
  })

  const next = (): PullResult<T> => {
    signal.throwIfAborted()
    const step = opened.next()
    if (!('then' in step)) {
      if (step.done) stopListening()
      return step
    }
    return new Promise((resolve, reject) => {
      interrupt = reject
      step.then(
        (result) => {
          if (result.done) stopListening()
          resolve(result)
        },
        (error) => {
          stopListening()
          reject(error)
        },
      )
    })
  }

  const free = async (reason?: unknown): Promise<void> => {
    stopListening()
    if (!signal.aborted) await opened.free(reason)
  }

  return { next, free }
}
