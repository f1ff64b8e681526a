import type { SseMessage } from '@gateway/sse'
import type { StreamDecoder } from '../dialects/dialect.ts'
import { isJsonObject, parseJson } from '../dialects/json.ts'
import { ProviderError } from '../errors.ts'
import { isEventStream, maxErrorBytes, toWrongTypeError } from '../http/answer.ts'
import { append, type ByteBuffer, createByteBuffer, takeAll } from '../http/byte-buffer.ts'
import { createLifeline, type Lifeline } from '../http/lifeline.ts'
import { toPassedHeaders } from '../http/passed-headers.ts'
import type { ForwardReport } from '../types/forward.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { TransportSink } from '../types/transport.ts'
import { toStreamHead } from './answer-head.ts'
import { type Attempt, type Committed, createReport, toOwnError } from './attempt.ts'
import { toClientError } from './client-error.ts'
import { type ClientStream, isContent, openClientStream } from './client-stream.ts'
import type { Finder } from './needles.ts'
import { endEvent, readEvent, textStart } from './read-event.ts'
import {
  createEventTail,
  type EventTail,
  lastEventEnd,
  nextEventEnd,
  takeRest,
  takeWholeEvents,
} from './whole-events.ts'

/** Most bytes that are held: of everything before the first content, and of one event after it. */
const maxHeldBytes = 4_194_304

/**
 * A relayed stream. `waiting`: nothing has been written, each event is read. `open`: events pass, few are read.
 * `whole`: the terminal marker was seen. `refused`: it is no event stream. Data and functions over it, since a gateway
 * holds thousands of them and each closure is memory.
 */
interface RelayStream {
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

const none: Readonly<Record<string, string>> = {}

/** A sink for a provider's `forward`, and what comes of it. */
export interface RelayTap {
  sink: TransportSink
  /** Frees the upstream when it is aborted. */
  signal: AbortSignal
  committed: Promise<Committed>
}

/**
 * Relays a streamed answer byte for byte. Up to the first content every event is read and held; then only events that
 * hold one of the dialect's needles are.
 */
export const createRelayStream = (
  attempt: Attempt,
  { hidesUsage, finder }: Pick<RelayStream, 'hidesUsage' | 'finder'>,
): RelayTap => {
  const stream: RelayStream = {
    phase: 'waiting',
    attempt,
    hidesUsage,
    finder,
    lifeline: createLifeline(attempt.signal, (reason) => leave(stream, reason)),
    committed: Promise.withResolvers(),
    done: Promise.withResolvers(),
    report: createReport(attempt, { isRelay: true, stream: true }),
    decoder: attempt.dialect.upstream.createStreamDecoder({
      provider: attempt.provider.name,
      model: attempt.model,
      generateId: attempt.generateId,
    }),
    headers: none,
    held: undefined,
    tail: createEventTail(),
    client: undefined,
    hasContent: false,
  }
  const sink: TransportSink = {
    head(_status, headers) {
      stream.headers = headers
      if (stream.phase === 'waiting' && !isEventStream(headers)) stream.phase = 'refused'
    },
    data: (bytes) => take(stream, bytes),
    ready: () => stream.client?.ready() ?? Promise.resolve(),
    end: () => finish(stream),
    error: (error) => finish(stream, { error }),
  }
  return { sink, signal: stream.lifeline.signal, committed: stream.committed.promise }
}

/** The client has gone. */
const leave = (stream: RelayStream, reason: unknown): void => {
  const wasOpen = stream.client !== undefined
  stream.phase = 'closed'
  stream.client?.drop()
  if (wasOpen) stream.done.reject(reason)
  else stream.committed.reject(reason)
}

const take = (stream: RelayStream, bytes: Uint8Array): boolean => {
  if (stream.phase === 'closed') return true
  try {
    if (stream.phase === 'refused') return hold(stream, bytes)
    const whole = takeWholeEvents(stream.tail, bytes)
    if (stream.tail.rest.length > maxHeldBytes) throw tooLarge('An event of the upstream')
    if (whole === undefined) return stream.client?.goesOn() ?? true
    return stream.client === undefined ? wait(stream, whole) : pass(stream, stream.client, whole)
  } catch (error) {
    fail(stream, error)
    return true
  }
}

/** Gathers an answer that is no event stream, to say what it is. */
const hold = (stream: RelayStream, bytes: Uint8Array): boolean => {
  stream.held ??= createByteBuffer()
  append(stream.held, bytes)
  if (stream.held.length > maxErrorBytes) throw toRefusal(stream)
  return true
}

const toRefusal = ({ attempt, headers, held }: RelayStream): unknown => {
  const text = new TextDecoder().decode(held && takeAll(held))
  return toWrongTypeError(text, headers, {
    provider: attempt.provider.name,
    dialect: attempt.dialect.upstream,
  })
}

/** Reads event by event up to the first content: what is behind it belongs to an answer that has begun. */
const wait = (stream: RelayStream, whole: Uint8Array): boolean => {
  let end = 0
  while (!stream.hasContent && end < whole.length) {
    const start = end === 0 && stream.held === undefined ? textStart(whole) : end
    end = nextEventEnd(whole, start)
    read(stream, whole.subarray(start, end))
  }
  stream.held ??= createByteBuffer()
  append(stream.held, end === whole.length ? whole : whole.subarray(0, end))
  if (!stream.hasContent) {
    if (stream.held.length > maxHeldBytes) throw tooLarge('What the upstream sent before any content')
    return true
  }
  const client = commit(stream)
  return end === whole.length ? client.goesOn() : pass(stream, client, whole.subarray(end))
}

/** Begins the answer with what was held. */
const commit = (stream: RelayStream): ClientStream => {
  const { attempt, held } = stream
  stream.report.firstTokenMs = attempt.now() - attempt.startedAt
  const client = openClientStream(attempt, toStreamHead(attempt, toPassedHeaders(stream.headers)))
  stream.client = client
  if (stream.phase === 'waiting') stream.phase = 'open'
  if (held !== undefined) passRead(stream, client, takeAll(held))
  stream.headers = none
  stream.held = undefined
  stream.committed.resolve({ done: stream.done.promise })
  return client
}

/** Reads one event. Throws what it says went wrong. */
const read = (stream: RelayStream, event: Uint8Array): void => {
  const message = readEvent(event)
  if (message !== undefined) takeMessage(stream, message)
}

const takeMessage = (stream: RelayStream, message: SseMessage): void => {
  if (stream.phase !== 'whole') note(stream, stream.decoder.take(message))
}

const note = (stream: RelayStream, events: readonly StreamEvent[]): void => {
  for (const event of events) {
    if (!stream.hasContent && isContent(event)) stream.hasContent = true
    if (event.type !== 'finish') continue
    stream.report.usage = event.usage
    stream.report.stopReason = event.stopReason
    stream.phase = 'whole'
    // A server that keeps an answer open that is whole holds nobody up.
    stream.lifeline.expectEnd(() => close(stream))
  }
}

/** Lets whole events through that were read, but for a chunk that the client must not see. */
const passRead = (stream: RelayStream, client: ClientStream, whole: Uint8Array): void => {
  const { finder } = stream
  let written = 0
  let at = stream.hidesUsage ? finder.find(whole, 0) : -1
  while (at >= 0) {
    const start = lastEventEnd(whole, at)
    const end = nextEventEnd(whole, at)
    const message = readEvent(whole.subarray(start, end))
    if (isHidden(stream, message)) {
      write(client, whole, written, start)
      written = end
    }
    at = finder.find(whole, end)
  }
  write(client, whole, written, whole.length)
}

/** Lets whole events through, and reads those that matter. */
const pass = (stream: RelayStream, client: ClientStream, whole: Uint8Array): boolean => {
  const { finder } = stream
  let written = 0
  let at = stream.phase === 'whole' ? -1 : finder.find(whole, 0)
  while (at >= 0) {
    const start = lastEventEnd(whole, at)
    const end = nextEventEnd(whole, at)
    const message = readEvent(whole.subarray(start, end))
    if (isHidden(stream, message)) {
      write(client, whole, written, start)
      written = end
    }
    try {
      if (message !== undefined) takeMessage(stream, message)
    } catch (error) {
      // The upstream's own words in the client's dialect: nothing is added to them, and nothing follows them.
      const isTold = message !== undefined && isErrorEvent(message)
      write(client, whole, written, isTold ? end : start)
      if (isTold) stop(stream, toOwnError(stream.attempt, error))
      else fail(stream, error)
      return true
    }
    at = finder.find(whole, end)
  }
  write(client, whole, written, whole.length)
  return client.goesOn()
}

/** Is it a chunk that the client did not ask for? */
const isHidden = ({ hidesUsage, attempt }: RelayStream, message: SseMessage | undefined): boolean => {
  if (!hidesUsage || message === undefined) return false
  // `[DONE]` is most of what is no object, and trying to parse it is costly.
  return message.data.startsWith('{') && attempt.dialect.client.rules.isUsageOnly(message.data)
}

/** Does the event itself say what went wrong, as either dialect does? An end without a reason does not. */
const isErrorEvent = ({ event, data }: SseMessage): boolean => {
  const value = event === 'error' ? true : parseJson(data)
  return value === true || (isJsonObject(value) && (value.error != null || value.type === 'error'))
}

const write = (client: ClientStream, bytes: Uint8Array, start: number, end: number): void => {
  if (start === end) return
  client.write(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
}

/** The upstream's answer has ended, or broken off. */
const finish = (stream: RelayStream, fault?: { error: unknown }): void => {
  if (stream.phase === 'closed') return
  try {
    if (stream.phase === 'refused') throw fault?.error ?? toRefusal(stream)
    const rest = takeRest(stream.tail)
    if (fault === undefined && rest.length > 0) {
      // Some servers leave out the blank line behind their last event.
      read(stream, endEvent(rest))
    }
    if (stream.phase !== 'whole') note(stream, stream.decoder.end(fault))
    if (stream.client === undefined) commit(stream)
    // After a break they are a piece of an event.
    if (fault === undefined && rest.length > 0) stream.client?.write(rest)
    close(stream)
  } catch (error) {
    fail(stream, error)
  }
}

/** Tells whoever waits, or the client in its dialect where the answer has begun. */
const fail = (stream: RelayStream, thrown: unknown): void => {
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

const stop = (stream: RelayStream, error: ProviderError): void => {
  stream.report.error = error
  stream.phase = 'closed'
  stream.lifeline.cut()
  stream.client?.end()
  stream.done.resolve(stream.report)
}

const close = (stream: RelayStream): void => {
  stream.phase = 'closed'
  stream.lifeline.release()
  stream.client?.end()
  stream.done.resolve(stream.report)
}

const tooLarge = (what: string): ProviderError =>
  new ProviderError(`${what} is larger than ${maxHeldBytes} bytes.`, { code: 'bad-response' })
