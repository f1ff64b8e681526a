import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { type ByteQueue, createByteQueue } from './byte-queue.ts'
import { toNetworkError } from './network-error.ts'

/** An upstream's answer: its head, and its body to be read or closed. */
export interface UpstreamAnswer {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
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

const endGraceMs = 100

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
  const queue = createByteQueue()
  const head = Promise.withResolvers<Pick<UpstreamAnswer, 'status' | 'headers'>>()
  const controller = new AbortController()

  const fail = (error?: unknown) => {
    const failure = signal?.aborted ? signal.reason : toNetworkError(error, url, provider)
    queue.fail(failure)
    head.reject(failure)
  }
  const onAbort = () => {
    queue.abort(signal?.reason)
    head.reject(signal?.reason)
    controller.abort(signal?.reason)
  }
  signal?.addEventListener('abort', onAbort, { once: true })

  const sink: TransportSink = {
    head: (status, headers) => head.resolve({ status, headers }),
    data: queue.push,
    ready: queue.ready,
    end() {
      queue.end()
      // Without effect after a head; an end without one is no answer.
      fail()
    },
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
    return { ...(await head.promise), ...toBody(queue, release) }
  } catch (error) {
    await release()
    throw error
  }
}

/** What the queue holds, to be read once; `release` is called when it is left, however that happens. */
const toBody = (
  queue: ByteQueue,
  release: () => Promise<void>,
): Pick<UpstreamAnswer, 'body' | 'expectEnd'> => {
  let isEndExpected = false
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = await queue.next(); chunk !== undefined; chunk = await queue.next()) yield chunk
    } finally {
      if (isEndExpected) await queue.untilEnded(endGraceMs)
      await release()
    }
  }
  const expectEnd = () => {
    isEndExpected = true
  }
  return { body: read(), expectEnd }
}
