import { createSseDecoder, type SseParseOptions } from './decoder.ts'
import { createFeed } from './feed.ts'
import { createQueue } from './queue.ts'
import type { SseByteSource, SseMessage } from './types.ts'

/** Options of {@link decodeSse}. */
export interface SseDecodeOptions extends SseParseOptions {
  /** Abort frees the source at once (a reader is cancelled) and makes the iteration throw the signal's reason. */
  signal?: AbortSignal | undefined
}

const createMessageIterator = (
  bytes: SseByteSource,
  options: SseDecodeOptions,
): AsyncIterator<SseMessage, undefined> => {
  const { signal } = options
  const messages = createQueue<SseMessage>()
  const decoder = createSseDecoder({ ...options, onMessage: messages.add })
  const feed = createFeed(bytes, decoder, signal)

  const next = async (): Promise<IteratorResult<SseMessage, undefined>> => {
    for (;;) {
      // What was decoded before an abort is no longer wanted, and must not look like the whole stream.
      if (signal?.aborted && !messages.isEmpty()) {
        messages.clear()
        await feed.stop({ error: signal.reason })
      }
      const value = messages.take()
      if (value !== undefined) return { done: false, value }
      const failure = feed.takeFailure()
      if (failure !== undefined) throw failure.error
      if (feed.isOver()) return { done: true, value: undefined }
      const wait = feed.read()
      if (wait !== undefined) await wait
    }
  }

  const close = async (): Promise<IteratorResult<SseMessage, undefined>> => {
    messages.clear()
    await feed.stop()
    return { done: true, value: undefined }
  }

  return { next, return: close }
}

/**
 * Decodes an event stream into its events, each as soon as it is complete, however the bytes are cut.
 *
 * Pull-driven: a chunk is read when the events of the one before have been taken. Leaving the loop frees the
 * source. Whoever gets the iterable iterates it or aborts its signal. It can be iterated once.
 *
 * @throws SseError `invalid-option`; from the iteration `line-too-long` or `event-too-large`, after the events before
 * it; an error of the source and the signal's reason as they are.
 *
 * @example
 * const response = await fetch(url)
 * for await (const { event, data } of decodeSse(response.body ?? [])) console.log(event, data)
 */
export const decodeSse = (
  bytes: SseByteSource,
  options: SseDecodeOptions = {},
): AsyncIterable<SseMessage> => {
  const iterator = createMessageIterator(bytes, options)
  return { [Symbol.asyncIterator]: () => iterator }
}
