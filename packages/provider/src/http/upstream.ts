import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { type AnswerHead, type AnswerQueue, createAnswerQueue } from './answer-queue.ts'
import { endGraceMs } from './lifeline.ts'
import { toNetworkError } from './network-error.ts'

/** An upstream's answer: its head, and its body to be read or closed. */
export interface UpstreamAnswer extends AnswerHead {
  /** Can be iterated once. Leaving it before its end aborts the request. */
  body: AsyncIterable<Uint8Array>
  /**
   * Says that nothing of worth is left in the body. Leaving it then waits a moment for the end of the response, so that
   * its connection can be used again.
   */
  expectEnd(): void
}

/** Options of {@link openUpstream}. */
export interface UpstreamOptions {
  provider: string
  signal?: AbortSignal | undefined
}

/**
 * Sends a request and settles on the head of its answer. ProviderError `network` when there is none. The signal frees
 * the request at any time, also while nobody reads and nothing comes, and its reason is thrown as it is.
 */
export const openUpstream = async (
  transport: Transport,
  request: TransportRequest,
  options: UpstreamOptions,
): Promise<UpstreamAnswer> => {
  const { provider, signal } = options
  // Not the request: it would be held for as long as its answer streams, the whole prompt with it.
  const { url } = request
  signal?.throwIfAborted()
  const queue = createAnswerQueue()
  const controller = new AbortController()

  const fail = (error: unknown) => {
    queue.fail(signal?.aborted ? signal.reason : toNetworkError(error, url, provider))
  }
  const onAbort = () => {
    queue.abort(signal?.reason)
    controller.abort(signal?.reason)
  }
  signal?.addEventListener('abort', onAbort, { once: true })

  const sink: TransportSink = {
    head: queue.head,
    // They are the transport's again once this returns.
    data: (bytes) => queue.push(new Uint8Array(bytes)),
    ready: queue.ready,
    end: queue.end,
    error: fail,
  }
  // Its failures go to the queue like the sink's, so the promise itself never rejects.
  const dispatched = transport.dispatch(request, sink, controller.signal).catch(fail)

  const release = async () => {
    signal?.removeEventListener('abort', onAbort)
    if (!queue.isEnded()) {
      const reason = new DOMException('The rest of the response is not wanted.', 'AbortError')
      queue.abort(reason)
      controller.abort(reason)
    }
    // After an abort by the caller the transport is free as well, but the caller must not wait for it.
    if (!signal?.aborted) await dispatched
  }
  try {
    const head = await queue.takeHead()
    if (head === undefined) throw toNetworkError(undefined, url, provider)
    return { ...head, ...toBody(queue, release) }
  } catch (error) {
    await release()
    throw error
  }
}

/**
 * What the queue holds, to be read once; `release` is called when it is left, however that happens. No generator: it
 * would hold the last chunk while it waits for the next.
 */
const toBody = (
  queue: AnswerQueue,
  release: () => Promise<void>,
): Pick<UpstreamAnswer, 'body' | 'expectEnd'> => {
  let isEndExpected = false
  const leave = async (): Promise<IteratorReturnResult<undefined>> => {
    if (isEndExpected) await queue.untilEnded(endGraceMs)
    await release()
    return { done: true, value: undefined }
  }
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    let chunk: Uint8Array | undefined
    try {
      chunk = await queue.next()
    } finally {
      if (chunk === undefined) await leave()
    }
    return chunk === undefined ? { done: true, value: undefined } : { done: false, value: chunk }
  }
  const expectEnd = () => {
    isEndExpected = true
  }
  return { body: { [Symbol.asyncIterator]: () => ({ next, return: leave }) }, expectEnd }
}
