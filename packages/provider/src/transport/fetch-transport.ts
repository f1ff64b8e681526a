import { untilAborted } from '../abort.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import {
  type BodyLimits,
  limitOf,
  type ResolvedBodyLimits,
  resolveBodyLimits,
  tooLarge,
} from './body-limits.ts'
import { type ResponseHead, toHead } from './response-head.ts'
import { hostOf, toTransportError } from './transport-error.ts'

/** Options of {@link createFetchTransport}. */
export interface FetchTransportOptions extends BodyLimits {
  /** @defaultValue the platform's `fetch`, looked up at each request */
  fetch?: typeof fetch | undefined
}

/**
 * Sends requests over `fetch`, so it runs wherever that exists.
 *
 * Redirects are never followed: a 3xx is handed on as its status, since a followed one would carry credentials to a host
 * that nobody configured. The upstream is asked not to compress; where `fetch` decodes one layer of gzip, deflate or br
 * all the same, `content-encoding` and `content-length` are left out of the head. The body is read one chunk at a time
 * and not while the sink asks for a pause. An abort reaches the sink as `error(signal.reason)`, also while the body is
 * idle; an upstream's fault as ProviderError `network`, `timeout` (connection) or `bad-response` (no HTTP, a body over
 * its limit or in an unknown coding), a request that cannot be sent as `invalid-request`.
 */
export const createFetchTransport = (options: FetchTransportOptions = {}): Transport => {
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
  const limits = resolveBodyLimits(options)
  return {
    // Not async: what it is given would be held until its end, the whole prompt with it.
    dispatch: (request, sink, signal) => {
      const ask = async () => {
        signal?.throwIfAborted()
        return send(request.url, toInit(request, signal))
      }
      return pass(ask(), { name: hostOf(request.url), limits, sink, signal })
    },
  }
}

/** What one exchange needs. */
interface Exchange {
  /** The upstream, in errors. */
  name: string
  limits: ResolvedBodyLimits
  sink: TransportSink
  signal: AbortSignal | undefined
}

const pass = async (answered: Promise<Response>, exchange: Exchange) => {
  const { name, sink } = exchange
  let response: Response
  try {
    response = await answered
  } catch (error) {
    sink.error(failure(error, exchange, false))
    return
  }
  // A browser hides a redirect that it does not follow; there is no status to hand on.
  if (response.type === 'opaqueredirect') {
    const message = `${name} answered with a redirect, which is never followed. Check the base URL.`
    sink.error(new ProviderError(message, { code: 'bad-response' }))
    return
  }
  await relay(response, exchange)
}

/** Passes head and body on. Only what the sink itself throws rejects; the body is let go then too. */
const relay = async (response: Response, exchange: Exchange) => {
  const { sink, signal } = exchange
  const reader = response.body?.getReader()
  // Cancelling settles a pending read at once, which an abort alone does only in the platform's own fetch.
  // A body that is broken already refuses to be cancelled; its fault is reported by the read.
  const onAbort = () => void reader?.cancel(signal?.reason).catch(() => {})
  signal?.addEventListener('abort', onAbort, { once: true })
  let done = false
  try {
    const head = readHead(response, exchange)
    if ('fault' in head) {
      sink.error(head.fault)
      return
    }
    sink.head(response.status, head.headers)
    const fault =
      reader && (await pump(reader, limitOf(exchange.limits, head.coding !== undefined), exchange))
    done = fault === undefined
    if (fault === undefined) sink.end()
    else sink.error(fault.error)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    if (!done) onAbort()
  }
}

const readHead = (response: Response, { name }: Exchange): ResponseHead | { fault: unknown } => {
  try {
    return toHead(name, response.status, Object.fromEntries(response.headers))
  } catch (fault) {
    return { fault }
  }
}

/** Reads the body into the sink; returns what broke it, if anything did. */
const pump = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  exchange: Exchange,
): Promise<{ error: unknown } | undefined> => {
  const { name, sink, signal } = exchange
  let handedOn = 0
  while (true) {
    let chunk: Awaited<ReturnType<typeof reader.read>>
    try {
      chunk = await reader.read()
    } catch (error) {
      return { error: failure(error, exchange, true) }
    }
    if (signal?.aborted) return { error: signal.reason }
    if (chunk.done) return undefined
    handedOn += chunk.value.byteLength
    if (handedOn > limit) return { error: tooLarge(name, limit) }
    if (sink.data(chunk.value) || sink.ready === undefined) continue
    try {
      await untilAborted(sink.ready(), signal)
    } catch (error) {
      if (signal?.aborted) return { error: signal.reason }
      throw error
    }
  }
}

const toInit = (request: TransportRequest, signal?: AbortSignal): RequestInit => ({
  method: request.method,
  headers: toHeaders(request),
  redirect: 'manual',
  ...(request.body !== undefined && { body: toBody(request.body) }),
  ...(signal && { signal }),
})

const toHeaders = (request: TransportRequest): Headers => {
  try {
    const headers = new Headers(request.headers)
    headers.set('accept-encoding', 'identity')
    return headers
  } catch {
    // Without its cause: it quotes the value, which may be a key.
    const message = `The request to ${hostOf(request.url)} cannot be sent: a header holds what none can hold.`
    throw new ProviderError(message, { code: 'invalid-request' })
  }
}

/** The types of `fetch` refuse bytes over shared memory; those are copied, all others go as they are. */
const toBody = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || isPlain(body) ? body : new Uint8Array(body)

const isPlain = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

/** An abort is passed through untouched, and so is an error of our own. */
const failure = (error: unknown, { name, signal }: Exchange, hasAnswered: boolean): unknown => {
  if (signal?.aborted) return signal.reason
  return isProviderError(error) ? error : toTransportError(error, name, hasAnswered)
}
