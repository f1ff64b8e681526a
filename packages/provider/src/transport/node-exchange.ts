import { ProviderError } from '../errors.ts'
import type { TransportSink } from '../types/transport.ts'
import { type AnswerFault, endsWithConnection, readAnswer, startAnswer } from './answer-parser.ts'
import { limitOf } from './body-limits.ts'
import { breakOff, endBody, handOn } from './exchange-delivery.ts'
import { type Exchange, type ExchangeSettings, fail, throwOut } from './exchange-state.ts'
import type { Connection } from './node-connection.ts'
import type { Pool, PoolEvents } from './node-pool.ts'
import { type OutgoingRequest, writeRequest } from './request-head.ts'
import { unwrapHead } from './response-head.ts'
import { isStaleConnection, toTransportError } from './transport-error.ts'

/** What a request needs. */
export interface ExchangeOptions {
  settings: ExchangeSettings
  pool: Pool<Exchange>
  name: string
  request: OutgoingRequest
  sink: TransportSink
  signal: AbortSignal | undefined
}

/**
 * A connection that the other side had closed already answers within a round trip. What fails later was at work: to ask
 * again would have the model answer twice.
 */
const staleWithinMs = 1000

/** Runs one request. Rejects with what the sink throws, and for nothing else. */
export const runExchange = (options: ExchangeOptions): Promise<void> => {
  const { settings, pool, name, request, sink, signal } = options
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const exchange: Exchange = {
    settings,
    pool,
    name,
    sink,
    signal,
    resolve,
    reject,
    request,
    // Here, and not assigned later: V8 lets go of an object only with a full collection that is given a function which
    // knows it.
    onAbort: signal === undefined ? undefined : () => fail(exchange, signal.reason),
    connection: undefined,
    answer: undefined,
    startedAt: 0,
    hasRetried: false,
    isSettled: false,
    hasHead: false,
    isHeld: false,
    isComplete: false,
    pending: undefined,
    handedOn: 0,
    limit: 0,
    keepAlive: undefined,
    coding: undefined,
    decoder: undefined,
  }
  if (exchange.onAbort !== undefined) signal?.addEventListener('abort', exchange.onAbort, { once: true })
  pool.lend(exchange, false)
  return promise
}

/** Writes the request at the end of this turn, unless the connection or the request is gone by then. */
const sendSoon = (exchange: Exchange, connection: Connection<Exchange>) => {
  exchange.settings.atTurnEnd(() => {
    if (exchange.connection === connection) send(exchange, connection)
  })
}

const send = (exchange: Exchange, connection: Connection<Exchange>) => {
  const { request } = exchange
  if (request === undefined) return
  connection.requests += 1
  exchange.startedAt = exchange.settings.now()
  exchange.answer = startAnswer(request.isBodiless)
  if (exchange.hasRetried || connection.requests === 1) exchange.request = undefined
  writeRequest(connection.socket, request)
}

/** What its pool tells an exchange. */
export const exchangeEvents: PoolEvents<Exchange> = {
  onLent(exchange, connection) {
    exchange.connection = connection
    if (connection.isOpen) sendSoon(exchange, connection)
  },
  onOpen: sendSoon,
  onRead(exchange, bytes, size) {
    const { answer } = exchange
    if (answer === undefined) return refuseUnasked(exchange)
    exchange.request = undefined
    const { head, payload, fault, isComplete } = readAnswer(answer, bytes, size)
    // The payload stands in the shared buffer: nothing is read into it before this returns.
    if (head !== undefined && !handHead(exchange, head.status, head.headers)) return
    if (isComplete) complete(exchange)
    if (payload !== undefined) handOn(exchange, payload)
    if (exchange.isSettled) return
    if (fault !== undefined) breakOff(exchange, toFault(exchange, fault))
    else if (isComplete) endBody(exchange)
  },
  onLost(exchange, error) {
    const { answer, connection, pool } = exchange
    exchange.connection = undefined
    // It was kept, and ended before the request was written: nobody has seen any of it, and another one takes it.
    if (answer === undefined && connection !== undefined && connection.requests > 0) {
      return pool.lend(exchange, true)
    }
    if (error === undefined && answer !== undefined && endsWithConnection(answer)) {
      exchange.isComplete = true
      return endBody(exchange)
    }
    const cause = error ?? Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' })
    if (!isStale(exchange, connection, cause)) {
      return breakOff(exchange, toTransportError(cause, exchange.name, exchange.hasHead))
    }
    exchange.hasRetried = true
    exchange.answer = undefined
    pool.lend(exchange, true)
  },
}

/** Bytes before the request was written. */
const refuseUnasked = (exchange: Exchange) => {
  const { connection, pool } = exchange
  // A server that speaks first speaks another protocol.
  if (connection === undefined || connection.requests === 0) {
    return breakOff(exchange, toFault(exchange, unasked))
  }
  // One that has served requests before ends their connection so, as when it is idle: another one takes this request.
  exchange.connection = undefined
  pool.drop(connection)
  pool.lend(exchange, true)
}

const isStale = (exchange: Exchange, connection: Connection<Exchange> | undefined, error: unknown) =>
  exchange.request !== undefined &&
  connection !== undefined &&
  connection.requests > 1 &&
  exchange.settings.now() - exchange.startedAt < staleWithinMs &&
  isStaleConnection(error)

const unasked: AnswerFault = { reason: 'an answer before the request', isOverflow: false }

const toFault = ({ name }: Exchange, { reason, isOverflow }: AnswerFault) => {
  const what = isOverflow ? 'with more headers than are taken' : 'with something that is not HTTP/1.1'
  const cause = new Error(`It has ${reason}.`)
  return new ProviderError(`${name} answered ${what}.`, { code: 'bad-response', cause })
}

/** False where that was the end of it. */
const handHead = (exchange: Exchange, status: number, received: Record<string, string>): boolean => {
  const { name, settings, sink } = exchange
  try {
    const { headers, coding } = unwrapHead(name, status, received)
    exchange.coding = coding
    exchange.limit = limitOf(settings.limits, coding !== undefined)
    exchange.keepAlive = received['keep-alive']
    exchange.hasHead = true
    sink.head(status, headers)
  } catch (error) {
    if (exchange.hasHead) throwOut(exchange, error)
    else fail(exchange, error)
  }
  return !exchange.isSettled
}

/** The connection is free, while the last bytes may still be decoded or waited for. */
const complete = (exchange: Exchange) => {
  const { answer, connection, pool } = exchange
  exchange.isComplete = true
  exchange.connection = undefined
  if (connection === undefined) return
  if (answer?.isPersistent === true) pool.giveBack(connection, exchange.keepAlive)
  else pool.drop(connection)
}
