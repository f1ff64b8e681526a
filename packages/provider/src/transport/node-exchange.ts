import { Buffer } from 'node:buffer'
import { ProviderError } from '../errors.ts'
import type { TransportSink } from '../types/transport.ts'
import {
  type AnswerFault,
  type AnswerState,
  endsWithConnection,
  readAnswer,
  startAnswer,
} from './answer-parser.ts'
import { type BodyDecoder, createBodyDecoder } from './body-decoder.ts'
import { limitOf, type ResolvedBodyLimits, tooLarge } from './body-limits.ts'
import type { Connection } from './node-connection.ts'
import type { Pool, PoolEvents } from './node-pool.ts'
import { type OutgoingRequest, writeRequest } from './request-head.ts'
import { type BodyCoding, unwrapHead } from './response-head.ts'
import { isStaleConnection, toTransportError } from './transport-error.ts'

/*
 * One request's life. It is data with functions over it: thousands may stream at a time, and functions of their own are
 * most of what each would hold.
 */

/** What is the same for every exchange of a transport. */
export interface ExchangeSettings {
  readonly limits: ResolvedBodyLimits
  readonly now: () => number
  /** One has ended. */
  readonly onSettled: () => void
}

/** One request and what became of it so far. */
export interface Exchange {
  readonly settings: ExchangeSettings
  readonly pool: Pool<Exchange>
  /** The upstream, in errors. */
  readonly name: string
  readonly sink: TransportSink
  readonly signal: AbortSignal | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  onAbort: (() => void) | undefined
  /** Forgotten once it cannot be needed again: a prompt may be long, and so may its answer be on the way. */
  request: OutgoingRequest | undefined
  connection: Connection<Exchange> | undefined
  answer: AnswerState | undefined
  /** When the request was written. */
  startedAt: number
  hasRetried: boolean
  isSettled: boolean
  hasHead: boolean
  /** The sink asked for a pause that is not over. */
  isHeld: boolean
  /** All of the answer was read. */
  isComplete: boolean
  /** Came after the pause began: what one read of a TLS connection still had. */
  pending: Uint8Array[] | undefined
  handedOn: number
  limit: number
  keepAlive: string | undefined
  coding: BodyCoding | undefined
  decoder: BodyDecoder | undefined
}

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
export const runExchange = ({
  settings,
  pool,
  name,
  request,
  sink,
  signal,
}: ExchangeOptions): Promise<void> => {
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
    onAbort: undefined,
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
  if (signal !== undefined) {
    exchange.onAbort = () => fail(exchange, signal.reason)
    signal.addEventListener('abort', exchange.onAbort, { once: true })
  }
  pool.lend(exchange, false)
  return promise
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
    if (connection.isOpen) send(exchange, connection)
  },
  onOpen: send,
  onRead(exchange, bytes, size) {
    exchange.request = undefined
    const { answer } = exchange
    // A server that speaks first speaks another protocol.
    if (answer === undefined)
      return fail(exchange, toFault(exchange, { reason: 'unasked', isOverflow: false }))
    const { head, payload, fault, isComplete } = readAnswer(answer, bytes, size)
    // From here on nothing is left in the shared buffer, so the sink may do what it likes.
    if (head !== undefined && !handHead(exchange, head.status, head.headers)) return
    if (isComplete) complete(exchange)
    if (payload !== undefined) handOn(exchange, payload)
    if (exchange.isSettled) return
    if (fault !== undefined) fail(exchange, toFault(exchange, fault))
    else if (isComplete) endBody(exchange)
  },
  onLost(exchange, error) {
    const { answer, connection, pool } = exchange
    exchange.connection = undefined
    if (error === undefined && answer !== undefined && endsWithConnection(answer)) {
      exchange.isComplete = true
      return endBody(exchange)
    }
    const cause = error ?? Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' })
    if (!isStale(exchange, connection, cause)) return breakOff(exchange, cause)
    exchange.hasRetried = true
    exchange.answer = undefined
    pool.lend(exchange, true)
  },
}

const isStale = (exchange: Exchange, connection: Connection<Exchange> | undefined, error: unknown) =>
  exchange.request !== undefined &&
  connection !== undefined &&
  connection.requests > 1 &&
  exchange.settings.now() - exchange.startedAt < staleWithinMs &&
  isStaleConnection(error)

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

const endBody = (exchange: Exchange) => {
  if (exchange.decoder !== undefined) exchange.decoder.end()
  else if (!exchange.isHeld) end(exchange)
}

const handOn = (exchange: Exchange, payload: Buffer) => {
  const { coding } = exchange
  if (coding === undefined) return deliver(exchange, payload)
  exchange.decoder ??= createBodyDecoder(coding, payload, {
    onData: (bytes) => deliver(exchange, bytes),
    onDrain: () => void exchange.connection?.socket.resume(),
    onEnd: () => end(exchange),
    onError: (error) => breakOff(exchange, error),
  })
  if (!exchange.decoder.write(payload)) exchange.connection?.socket.pause()
}

const deliver = (exchange: Exchange, bytes: Uint8Array) => {
  const { limit, name, sink } = exchange
  if (exchange.isSettled) return
  if (exchange.isHeld) {
    exchange.pending ??= []
    exchange.pending.push(bytes)
    return
  }
  exchange.handedOn += bytes.byteLength
  if (exchange.handedOn > limit) return fail(exchange, tooLarge(name, limit))
  try {
    if (!sink.data(bytes) && sink.ready !== undefined && !exchange.isSettled) hold(exchange, sink.ready())
  } catch (error) {
    throwOut(exchange, error)
  }
}

/** While the sink waits its connection is not read, so that the upstream is held back as well. */
const hold = (exchange: Exchange, ready: Promise<void>) => {
  exchange.isHeld = true
  if (exchange.decoder !== undefined) exchange.decoder.pause()
  else exchange.connection?.socket.pause()
  ready.then(
    () => resume(exchange),
    (error: unknown) => throwOut(exchange, error),
  )
}

const resume = (exchange: Exchange) => {
  exchange.isHeld = false
  handPending(exchange)
  if (exchange.isHeld || exchange.isSettled) return
  if (exchange.decoder !== undefined) exchange.decoder.resume()
  else if (exchange.isComplete) end(exchange)
  else exchange.connection?.socket.resume()
}

const handPending = (exchange: Exchange) => {
  const { pending } = exchange
  exchange.pending = undefined
  if (pending !== undefined && !exchange.isSettled) deliver(exchange, Buffer.concat(pending))
}

const end = (exchange: Exchange) => conclude(exchange, () => exchange.sink.end())
const fail = (exchange: Exchange, error: unknown) => conclude(exchange, () => exchange.sink.error(error))

/** What came before a break counts, also where the sink waits. */
const breakOff = (exchange: Exchange, error: unknown) => {
  exchange.isHeld = false
  handPending(exchange)
  fail(exchange, toTransportError(error, exchange.name, exchange.hasHead))
}

const conclude = (exchange: Exchange, tellSink: () => void) => {
  if (!settle(exchange)) return
  try {
    tellSink()
    exchange.resolve()
  } catch (error) {
    exchange.reject(error)
  }
}

const throwOut = (exchange: Exchange, error: unknown) => {
  if (settle(exchange)) exchange.reject(error)
}

/** Frees everything; false where that was done before. */
const settle = (exchange: Exchange): boolean => {
  const { connection, onAbort, pool, settings, signal } = exchange
  if (exchange.isSettled) return false
  exchange.isSettled = true
  exchange.request = undefined
  exchange.pending = undefined
  if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
  exchange.decoder?.destroy()
  pool.forget(exchange)
  exchange.connection = undefined
  // One that still is here is in the middle of something.
  if (connection !== undefined) pool.drop(connection)
  settings.onSettled()
  return true
}
