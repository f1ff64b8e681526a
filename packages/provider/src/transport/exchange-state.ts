import type { TransportSink } from '../types/transport.ts'
import type { AnswerState } from './answer-parser.ts'
import type { BodyDecoder } from './body-decoder.ts'
import type { ResolvedBodyLimits } from './body-limits.ts'
import type { Connection } from './node-connection.ts'
import type { Pool } from './node-pool.ts'
import type { OutgoingRequest } from './request-head.ts'
import type { BodyCoding } from './response-head.ts'
import type { TurnEnd } from './turn-end.ts'

/*
 * One request is data with functions over it: thousands may stream at a time, and functions of their own are most of
 * what each would hold. Here is what it knows, and its end.
 */

/** What is the same for every exchange of a transport. */
export interface ExchangeSettings {
  readonly limits: ResolvedBodyLimits
  readonly now: () => number
  readonly atTurnEnd: TurnEnd
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
  readonly onAbort: (() => void) | undefined
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

/** Ends it well. */
export const end = (exchange: Exchange): void => conclude(exchange, () => exchange.sink.end())

/** Ends it with what the sink is told. */
export const fail = (exchange: Exchange, error: unknown): void =>
  conclude(exchange, () => exchange.sink.error(error))

const conclude = (exchange: Exchange, tellSink: () => void) => {
  if (!settle(exchange)) return
  try {
    tellSink()
    exchange.resolve()
  } catch (error) {
    exchange.reject(error)
  }
}

/** Ends it with what the sink itself threw. */
export const throwOut = (exchange: Exchange, error: unknown): void => {
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
  // One that still is here is in the middle of something, or was about to be.
  if (connection !== undefined) pool.drop(connection)
  settings.onSettled()
  return true
}
