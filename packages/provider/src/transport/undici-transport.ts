import { untilAborted } from '../abort.ts'
import { ProviderError } from '../errors.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { type BodyLimits, resolveBodyLimits } from './body-limits.ts'
import { type Connections, createConnections } from './connections.ts'
import { readTarget } from './request-target.ts'
import { loadUndici, type UndiciClientClass } from './undici-client.ts'
import { runExchange, toOutgoing } from './undici-exchange.ts'

/** Options of {@link createUndiciTransport}. */
export interface UndiciTransportOptions extends BodyLimits {
  /**
   * Most connections to one origin; further requests wait for one.
   * @defaultValue unlimited: whoever takes requests in knows how many may run
   */
  connections?: number | undefined
  /**
   * Milliseconds after which a connection without requests is closed. A server that names its own time
   * (`keep-alive: timeout=`) is heeded, up to a minute and with two seconds to spare.
   * @defaultValue 4000
   */
  keepAliveMs?: number | undefined
  /**
   * Milliseconds for a connection, from the look-up of its name to the end of the TLS handshake.
   * @defaultValue 5000
   */
  connectTimeoutMs?: number | undefined
  /** Milliseconds on a monotonic clock. @defaultValue the platform's */
  now?: (() => number) | undefined
}

/** A transport that keeps connections. */
export interface UndiciTransport extends Transport {
  /** Loads undici, for which the first request otherwise waits. ProviderError `unsupported` where there is none. */
  load(): Promise<void>
  /** Takes no more requests; settles when those that run have ended and their connections are closed. */
  close(): Promise<void>
}

// More than any API sends, and less than would hurt.
const maxHeaderBytes = 65_536
const longestKeepAliveMs = 60_000
const keepAliveMarginMs = 2000

/**
 * Sends requests over undici's HTTP/1.1 client, straight into the sink: no Web Streams and no promise per chunk.
 *
 * - While the sink asks for a pause its connection is not read. An abort closes the connection at once.
 * - Redirects are handed on. One layer of gzip, deflate or br is undone, though `identity` is asked for.
 * - There is no timeout but that of the connection; those of an answer are the caller's, by the signal.
 * - A kept connection that turns out to be closed before the first byte of an answer is replaced by a new one, once and
 *   only within a second of sending: servers close idle connections when they like, also as a request comes.
 *
 * Faults reach the sink as ProviderError `network`, `timeout` (connection), `bad-response` (no HTTP, a body over its
 * limit or in an unknown coding) and `invalid-request` (what cannot be sent).
 *
 * @example
 * const transport = createUndiciTransport()
 * const anthropic = createAnthropic({ apiKey, transport })
 */
export const createUndiciTransport = (options: UndiciTransportOptions = {}): UndiciTransport => {
  const { keepAliveMs = 4000, connectTimeoutMs = 5000, now = () => performance.now() } = options
  const limits = resolveBodyLimits(options)
  const origins = new Map<string, Connections>()
  let Client: UndiciClientClass | undefined
  let loading: Promise<void> | undefined
  let isClosed = false

  const load = (): Promise<void> => {
    loading ??= loadUndici().then((loaded) => {
      Client = loaded
    })
    return loading
  }
  const connectionsTo = (origin: string, connectTimeout = connectTimeoutMs): Connections => {
    // A connection keeps the limit that it was opened under, so each limit has connections of its own.
    const key = `${origin} ${connectTimeout}`
    const known = origins.get(key)
    if (known !== undefined) return known
    const open = () => {
      if (Client === undefined) throw new Error('undici is not loaded yet.')
      return new Client(origin, {
        allowH2: false,
        bodyTimeout: 0,
        connectTimeout,
        headersTimeout: 0,
        keepAliveMaxTimeout: longestKeepAliveMs,
        keepAliveTimeout: keepAliveMs,
        keepAliveTimeoutThreshold: keepAliveMarginMs,
        maxHeaderSize: maxHeaderBytes,
      })
    }
    const made = createConnections(open, options.connections ?? Number.POSITIVE_INFINITY)
    origins.set(key, made)
    return made
  }
  const send = (request: TransportRequest, sink: TransportSink, signal?: AbortSignal): Promise<void> => {
    const { origin, path, host: name } = readTarget(request.url)
    if (isClosed) throw new ProviderError('This transport is closed.', { code: 'network' })
    const connections = connectionsTo(origin, request.connectTimeoutMs)
    return runExchange(toOutgoing(request, path), { connections, name, limits, now, sink, signal })
  }
  return {
    load,
    // Not async: what it is given would be held until its end, the whole prompt with it.
    dispatch(request, sink, signal) {
      // In an executor, so that what the sink throws rejects.
      const refuse = (error: unknown) =>
        new Promise<void>((resolve) => {
          sink.error(signal?.aborted ? signal.reason : error)
          resolve()
        })
      const start = () => {
        try {
          signal?.throwIfAborted()
          return send(request, sink, signal)
        } catch (error) {
          return refuse(error)
        }
      }
      return Client === undefined ? untilAborted(load(), signal).then(start, refuse) : start()
    },
    async close() {
      isClosed = true
      await Promise.all(Array.from(origins.values(), (connections) => connections.close()))
    },
  }
}
