import { Buffer } from 'node:buffer'
import { isProviderError } from '../errors.ts'
import type { TransportRequest, TransportSink } from '../types/transport.ts'
import type { ResolvedBodyLimits } from './body-limits.ts'
import type { Connection, Connections } from './connections.ts'
import { isStaleConnection, toTransportError } from './transport-error.ts'
import type { UndiciRequest } from './undici-client.ts'
import { createReceiver } from './undici-receiver.ts'

/** What one request needs. */
export interface ExchangeOptions {
  connections: Connections
  /** The upstream, in errors. */
  name: string
  limits: ResolvedBodyLimits
  now: () => number
  sink: TransportSink
  signal: AbortSignal | undefined
}

/** A request that can be written, again if need be. */
export type Outgoing = () => UndiciRequest

/**
 * A connection that the other side had closed already answers within a round trip. What fails later was at work: to ask
 * again would have the model answer twice.
 */
const staleWithinMs = 1000

/** Runs one request. Rejects with what the sink throws, and for nothing else. */
export const runExchange = (
  outgoing: Outgoing,
  { connections, name, limits, now, sink, signal }: ExchangeOptions,
): Promise<void> => {
  // No executor: it would hold the request for as long as its answer streams.
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // Forgotten once it cannot be needed again: a prompt may be long, and so may its answer be on the way.
  let request: Outgoing | undefined = outgoing
  let connection: Connection | undefined
  let hasRetried = false
  let isSettled = false
  let startedAt = 0

  /** Frees everything; false where that was done before. */
  const settle = (): boolean => {
    if (isSettled) return false
    isSettled = true
    request = undefined
    signal?.removeEventListener('abort', onAbort)
    receiver.stop()
    free()
    return true
  }
  // A connection that still is here is in the middle of something.
  const free = () => {
    connections.forget(borrow)
    if (connection !== undefined) connections.drop(connection)
    connection = undefined
  }
  const conclude = (tellSink: () => void) => {
    if (!settle()) return
    try {
      tellSink()
      resolve()
    } catch (error) {
      reject(error)
    }
  }
  const fail = (error: unknown) => conclude(() => sink.error(error))
  const onAbort = () => fail(signal?.reason)
  const borrow = (lent: Connection) => {
    if (request === undefined) return
    connection = lent
    lent.client.dispatch(request(), receiver.handler)
  }
  const isStale = (error: unknown) =>
    request !== undefined &&
    connection !== undefined &&
    connection.requests > 1 &&
    now() - startedAt < staleWithinMs &&
    isStaleConnection(error)

  const receiver = createReceiver(name, sink, limits, {
    onStart() {
      if (connection === undefined) return
      connection.requests += 1
      startedAt = now()
      if (hasRetried || connection.requests === 1) request = undefined
    },
    onBegin() {
      request = undefined
    },
    onComplete() {
      const done = connection
      connection = undefined
      if (done !== undefined) connections.giveBack(done)
    },
    onEnd: () => conclude(() => sink.end()),
    onFault(error) {
      if (isProviderError(error)) return fail(error)
      if (!isStale(error)) return fail(toTransportError(error, name, receiver.hasHead()))
      hasRetried = true
      free()
      connections.lend(borrow, { fresh: true })
    },
    onThrow(error) {
      if (settle()) reject(error)
    },
  })
  signal?.addEventListener('abort', onAbort, { once: true })
  connections.lend(borrow)
  return promise
}

/** Larger bodies are let go once they are sent; smaller ones are held by undici until the answer's end. */
const heldBodyBytes = 4096

/** A request in undici's form. */
export const toOutgoing = ({ method, headers, body }: TransportRequest, path: string): Outgoing => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? null)
  const lines: string[] = []
  for (const name in headers) {
    const value = headers[name]
    // A body is relayed as it is, so the upstream is asked for one that everybody can read.
    if (value !== undefined && name.toLowerCase() !== 'accept-encoding') lines.push(name, value)
  }
  lines.push('accept-encoding', 'identity')
  if (bytes === null || bytes.byteLength <= heldBodyBytes) {
    return () => ({ method, path, headers: lines, body: bytes })
  }
  lines.push('content-length', String(bytes.byteLength))
  return () => ({ method, path, headers: lines, body: once(bytes) })
}

/** Gives the bytes once and holds them no longer. */
const once = (bytes: Uint8Array): Iterable<Uint8Array> => {
  let rest: Uint8Array | undefined = bytes
  const next = (): IteratorResult<Uint8Array, undefined> => {
    const value = rest
    rest = undefined
    return value === undefined ? { done: true, value } : { done: false, value }
  }
  return { [Symbol.iterator]: () => ({ next }) }
}
