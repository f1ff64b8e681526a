import { ProviderError } from '../errors.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { type BodyLimits, resolveBodyLimits } from './body-limits.ts'
import type { Exchange } from './exchange-state.ts'
import { createConnector } from './node-connection.ts'
import { exchangeEvents, runExchange } from './node-exchange.ts'
import { createPool, type Pool } from './node-pool.ts'
import { toOutgoingRequest } from './request-head.ts'
import { type RequestTarget, readTarget } from './request-target.ts'
import { createTurnEnd } from './turn-end.ts'

/** Options of {@link createNodeTransport}. */
export interface NodeTransportOptions extends BodyLimits {
  /**
   * Most connections to one origin; further requests wait for one.
   * @defaultValue unlimited: whoever takes requests in knows how many may run
   */
  connections?: number | undefined
  /**
   * Milliseconds after which a connection without requests is closed, give or take a second. A server that names its own
   * time (`keep-alive: timeout=`) is heeded, up to a minute and with two seconds to spare.
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
export interface NodeTransport extends Transport {
  /** Takes no more requests; settles when those that run have ended and their connections are closed. */
  close(): Promise<void>
}

/** How exact the time is after which idle connections close. None is lent that has passed it. */
const sweepMs = 1000
const leastSweepMs = 50

/**
 * Sends requests over HTTP/1.1 on Node's own sockets, straight into the sink: what one read of a socket has comes as one
 * piece, with no stream and no promise in between.
 *
 * - While the sink asks for a pause its connection is not read. An abort closes the connection at once.
 * - Redirects are handed on. One layer of gzip, deflate or br is undone, though `identity` is asked for.
 * - There is no timeout but that of the connection; those of an answer are the caller's, by the signal.
 * - A kept connection that turns out to be closed before the first byte of an answer is replaced by a new one, once and
 *   only within a second of sending: servers close idle connections when they like, also as a request comes.
 * - Answers are read strictly: one whose end others may see elsewhere is none. Bytes that nobody asked for reach nobody,
 *   and end their connection.
 *
 * Faults reach the sink as ProviderError `network`, `timeout` (connection), `bad-response` (no HTTP, a body over its
 * limit or in an unknown coding) and `invalid-request` (what cannot be sent, a header that is the transport's to set).
 *
 * @example
 * const transport = createNodeTransport()
 * const anthropic = createAnthropic({ apiKey, transport })
 */
export const createNodeTransport = (options: NodeTransportOptions = {}): NodeTransport => {
  const { keepAliveMs = 4000, connectTimeoutMs = 5000, now = () => performance.now() } = options
  const pools = new Map<string, Pool<Exchange>>()
  let running = 0
  let sweeping: ReturnType<typeof setTimeout> | undefined
  let closing: PromiseWithResolvers<void> | undefined

  const connector = createConnector<Exchange>(() => settleClosing())
  const settleClosing = () => {
    if (running === 0 && connector.count() === 0) closing?.resolve()
  }
  const settings = {
    limits: resolveBodyLimits(options),
    now,
    atTurnEnd: createTurnEnd(),
    onSettled() {
      running -= 1
      settleClosing()
    },
  }
  const sweep = () => {
    const time = now()
    const areIdle = Array.from(pools.values(), (pool) => pool.sweep(time))
    sweeping = undefined
    if (areIdle.includes(true)) sweepLater()
  }
  // One timer for all: one of its own for each connection would be set and cleared with each request.
  const sweepLater = () => {
    sweeping ??= setTimeout(sweep, Math.min(sweepMs, Math.max(keepAliveMs, leastSweepMs))).unref()
  }
  const poolFor = ({ origin, hostname, port, isSecure }: RequestTarget, connectMs = connectTimeoutMs) => {
    // A connection is opened under one limit, so each limit has connections of its own.
    const key = `${origin} ${connectMs}`
    const known = pools.get(key)
    if (known !== undefined) return known
    const made = createPool<Exchange>({
      target: { hostname, port, isSecure, connectTimeoutMs: connectMs, session: undefined },
      connector,
      events: exchangeEvents,
      limit: options.connections ?? Number.POSITIVE_INFINITY,
      keepAliveMs,
      now,
      onIdle: sweepLater,
    })
    pools.set(key, made)
    return made
  }
  const send = (request: TransportRequest, sink: TransportSink, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    const target = readTarget(request.url)
    if (closing !== undefined) throw new ProviderError('This transport is closed.', { code: 'network' })
    const outgoing = toOutgoingRequest(request, target)
    const pool = poolFor(target, request.connectTimeoutMs)
    running += 1
    return runExchange({ settings, pool, name: target.host, request: outgoing, sink, signal })
  }
  return {
    // Not async: what it is given would be held until its end, the whole prompt with it.
    dispatch(request, sink, signal) {
      try {
        return send(request, sink, signal)
      } catch (error) {
        // In an executor, so that what the sink throws rejects.
        return new Promise((resolve) => {
          sink.error(signal?.aborted ? signal.reason : error)
          resolve()
        })
      }
    },
    close() {
      closing ??= Promise.withResolvers()
      clearTimeout(sweeping)
      for (const pool of pools.values()) pool.close()
      settleClosing()
      return closing.promise
    },
  }
}
