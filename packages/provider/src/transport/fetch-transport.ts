import { untilAborted } from '../abort.ts'
import { ProviderError } from '../errors.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'

/** Options of {@link createFetchTransport}. */
export interface FetchTransportOptions {
  /** @defaultValue the platform's `fetch`, looked up at each request */
  fetch?: typeof fetch | undefined
}

/**
 * Sends requests over `fetch`, so it runs wherever that exists.
 *
 * Redirects are never followed: a 3xx is handed on as its status, since a followed one would carry credentials to a host
 * that nobody configured. The upstream is asked not to compress; where `fetch` decodes a compressed body all the same,
 * `content-encoding` and `content-length` are left out of the head. The body is read one chunk at a time and not while
 * the sink asks for a pause. An abort reaches the sink as `error(signal.reason)`, also while the body is idle; an
 * upstream's fault as ProviderError `network`.
 */
export const createFetchTransport = (options: FetchTransportOptions = {}): Transport => {
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
  return {
    // Not async: what it is given would be held until its end, the whole prompt with it.
    dispatch: (request, sink, signal) => {
      const ask = async () => {
        signal?.throwIfAborted()
        return send(request.url, toInit(request, signal))
      }
      return pass(ask(), host(request), sink, signal)
    },
  }
}

const pass = async (answered: Promise<Response>, name: string, sink: TransportSink, signal?: AbortSignal) => {
  let response: Response
  try {
    response = await answered
  } catch (error) {
    sink.error(failure(error, name, 'did not answer', signal))
    return
  }
  // A browser hides a redirect that it does not follow; there is no status to hand on.
  if (response.type === 'opaqueredirect') {
    const message = `${name} answered with a redirect, which is never followed. Check the base URL.`
    sink.error(new ProviderError(message, { code: 'bad-response' }))
    return
  }
  await relay(response, name, sink, signal)
}

/** Passes head and body on. Only what the sink itself throws rejects; the body is let go then too. */
const relay = async (response: Response, name: string, sink: TransportSink, signal?: AbortSignal) => {
  const reader = response.body?.getReader()
  // Cancelling settles a pending read at once, which an abort alone does only in the platform's own fetch.
  // A body that is broken already refuses to be cancelled; its fault is reported by the read.
  const onAbort = () => void reader?.cancel(signal?.reason).catch(() => {})
  signal?.addEventListener('abort', onAbort, { once: true })
  let done = false
  try {
    sink.head(response.status, toHeaders(response))
    const fault = reader && (await pump(reader, name, sink, signal))
    done = true
    if (fault === undefined) sink.end()
    else sink.error(fault.error)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    if (!done) onAbort()
  }
}

/** Reads the body into the sink; returns what broke it, if anything did. */
const pump = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  name: string,
  sink: TransportSink,
  signal?: AbortSignal,
): Promise<{ error: unknown } | undefined> => {
  while (true) {
    let chunk: Awaited<ReturnType<typeof reader.read>>
    try {
      chunk = await reader.read()
    } catch (error) {
      return { error: failure(error, name, 'broke off its answer', signal) }
    }
    if (signal?.aborted) return { error: signal.reason }
    if (chunk.done) return undefined
    if (sink.data(chunk.value) || sink.ready === undefined) continue
    try {
      await untilAborted(sink.ready(), signal)
    } catch (error) {
      if (signal?.aborted) return { error: signal.reason }
      throw error
    }
  }
}

const toInit = (request: TransportRequest, signal?: AbortSignal): RequestInit => {
  const headers = new Headers(request.headers)
  headers.set('accept-encoding', 'identity')
  return {
    method: request.method,
    headers,
    redirect: 'manual',
    ...(request.body !== undefined && { body: toBody(request.body) }),
    ...(signal && { signal }),
  }
}

/** The types of `fetch` refuse bytes over shared memory; those are copied, all others go as they are. */
const toBody = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || isPlain(body) ? body : new Uint8Array(body)

const isPlain = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

const toHeaders = (response: Response): Record<string, string> => {
  const headers = Object.fromEntries(response.headers)
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return headers
  // What `fetch` hands out is decoded already, so these two would lie about it.
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers
  return rest
}

/** An abort is passed through untouched; everything else is the network's fault. */
const failure = (error: unknown, name: string, what: string, signal?: AbortSignal): unknown =>
  signal?.aborted
    ? signal.reason
    : new ProviderError(`${name} ${what}. Check that it can be reached.`, {
        code: 'network',
        cause: error,
      })

/** The host alone: a path or a query may hold a key. */
const host = (request: TransportRequest): string =>
  URL.canParse(request.url) ? new URL(request.url).host : 'The upstream'
