import type { StreamDecoder } from '../dialects/dialect.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import type { ByteBuffer } from '../http/byte-buffer.ts'
import type { Lifeline } from '../http/lifeline.ts'
import type { ForwardReport } from '../types/forward.ts'
import { type Attempt, type Committed, toOwnError } from './attempt.ts'
import { toClientError } from './client-error.ts'
import type { ClientStream } from './client-stream.ts'
import type { Finder } from './needles.ts'
import type { EventTail } from './whole-events.ts'

/** Most bytes that are held: of everything before the first content, and of one event after it. */
export const maxHeldBytes = 4_194_304

/**
 * A relayed stream. `waiting`: nothing has been written, each event is looked at. `open`: events pass, few are read.
 * `whole`: the terminal marker was seen. `refused`: it is no event stream. Data and functions over it, since a gateway
 * holds thousands of them and each closure is memory.
 */
export interface RelayStream {
  phase: 'waiting' | 'refused' | 'open' | 'whole' | 'closed'
  readonly attempt: Attempt
  /** Is a chunk that holds nothing but usage kept from the client? */
  readonly hidesUsage: boolean
  /** Finds the events that have to be read. */
  readonly finder: Finder
  readonly lifeline: Lifeline
  readonly committed: PromiseWithResolvers<Committed>
  readonly done: PromiseWithResolvers<ForwardReport>
  readonly report: ForwardReport
  readonly decoder: StreamDecoder
  /** The upstream's, until they are passed on. */
  headers: Readonly<Record<string, string>>
  /** Whole events before the first content; the body of a refused answer. */
  held: ByteBuffer | undefined
  readonly tail: EventTail
  client: ClientStream | undefined
  hasContent: boolean
}

/** The client has gone, or time is up. */
export const leave = (stream: RelayStream, reason: unknown): void => {
  if (isProviderError(reason)) {
    fail(stream, reason)
    return
  }
  const wasOpen = stream.client !== undefined
  stream.phase = 'closed'
  stream.client?.drop()
  if (wasOpen) stream.done.reject(reason)
  else stream.committed.reject(reason)
}

/** Tells whoever waits, or the client in its dialect where the answer has begun. */
export const fail = (stream: RelayStream, thrown: unknown): void => {
  if (stream.phase === 'closed') return
  const error = toOwnError(stream.attempt, thrown)
  const { attempt, client } = stream
  if (client === undefined) {
    stream.phase = 'closed'
    stream.lifeline.cut()
    stream.committed.reject(error)
    return
  }
  if (stream.phase === 'whole') {
    close(stream)
    return
  }
  const { dialect, requestId, now, generateId } = attempt
  const encoder = dialect.client.createStreamEncoder({ now: now(), generateId, includeUsage: false })
  client.write(encoder.fail(toClientError(error, requestId)))
  stop(stream, error)
}

/** Ends an answer that broke off. */
export const stop = (stream: RelayStream, error: ProviderError): void => {
  stream.report.error = error
  stream.phase = 'closed'
  stream.lifeline.cut()
  stream.client?.end()
  stream.done.resolve(stream.report)
}

/** Ends an answer that is whole. */
export const close = (stream: RelayStream): void => {
  stream.phase = 'closed'
  stream.lifeline.release()
  stream.client?.end()
  stream.done.resolve(stream.report)
}

/** The error of an upstream that sends more than is held. */
export const tooLarge = (what: string): ProviderError =>
  new ProviderError(`${what} is larger than ${maxHeldBytes} bytes.`, { code: 'bad-response' })
