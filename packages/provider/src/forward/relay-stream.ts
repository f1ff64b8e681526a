import { isEventStream, maxErrorBytes, toWrongTypeError } from '../http/answer.ts'
import { append, createByteBuffer, takeAll } from '../http/byte-buffer.ts'
import { endsLine } from '../http/ends-line.ts'
import { createLifeline } from '../http/lifeline.ts'
import type { TransportSink } from '../types/transport.ts'
import { type Attempt, type Committed, createReport } from './attempt.ts'
import { endEvent, readEvent } from './read-event.ts'
import { commit, isHidden, note, pass, takeMessage, wait } from './relay-pass.ts'
import { close, fail, leave, maxHeldBytes, type RelayStream, tooLarge } from './relay-state.ts'
import { createEventTail, endOfKept, takeRest, takeWholeEvents } from './whole-events.ts'

/** A sink for a provider's `forward`, and what comes of it. */
export interface RelayTap {
  sink: TransportSink
  /** Frees the upstream when it is aborted. */
  signal: AbortSignal
  committed: Promise<Committed>
}

/**
 * Relays a streamed answer byte for byte. Up to the first content every event is looked at and held; then only events
 * that hold one of the dialect's needles are read.
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
    lifeline: createLifeline(attempt.signal, (reason) => leave(stream, reason), attempt.watch),
    committed: Promise.withResolvers(),
    done: Promise.withResolvers(),
    report: createReport(attempt, { isRelay: true, stream: true }),
    decoder: attempt.dialect.client.upstream.createStreamDecoder({
      provider: attempt.provider.name,
      model: attempt.model,
      generateId: attempt.generateId,
      isRelay: true,
    }),
    headers: {},
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
    ready: () => untilReady(stream),
    end: () => finish(stream),
    error: (error) => finish(stream, { error }),
  }
  return { sink, signal: stream.lifeline.signal, committed: stream.committed.promise }
}

const take = (stream: RelayStream, bytes: Uint8Array): boolean => {
  if (stream.phase === 'closed') return true
  if (endsLine(bytes)) stream.attempt.watch.heard()
  try {
    if (stream.phase === 'refused') return hold(stream, bytes)
    const kept = endOfKept(stream.tail, bytes)
    if (kept === 0) return takeEvents(stream, bytes)
    takeEvents(stream, bytes.subarray(0, kept))
    return hasEnded(stream) || takeEvents(stream, bytes.subarray(kept))
  } catch (error) {
    fail(stream, error)
    return true
  }
}

const hasEnded = ({ phase }: RelayStream): boolean => phase === 'closed'

const takeEvents = (stream: RelayStream, bytes: Uint8Array): boolean => {
  const whole = takeWholeEvents(stream.tail, bytes)
  if (stream.tail.rest.length > maxHeldBytes) throw tooLarge('An event of the upstream')
  if (whole === undefined) return stream.client?.goesOn() ?? true
  return stream.client === undefined ? wait(stream, whole) : pass(stream, stream.client, whole)
}

const untilReady = async ({ client, attempt }: RelayStream): Promise<void> => {
  attempt.watch.paused()
  await client?.ready()
  attempt.watch.heard()
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
    dialect: attempt.dialect.client.upstream,
  })
}

/** The upstream's answer has ended, or broken off. */
const finish = (stream: RelayStream, fault?: { error: unknown }): void => {
  if (stream.phase === 'closed') return
  try {
    if (stream.phase === 'refused') throw fault?.error ?? toRefusal(stream)
    const rest = takeRest(stream.tail)
    // Some servers leave out the blank line behind their last event. After a break the rest is a piece of one.
    const message = fault === undefined && rest.length > 0 ? readEvent(endEvent(rest)) : undefined
    takeMessage(stream, message)
    if (stream.phase !== 'whole') note(stream, stream.decoder.end(fault))
    const client = stream.client ?? commit(stream)
    if (fault === undefined && rest.length > 0 && !isHidden(stream, message)) client.write(rest)
    close(stream)
  } catch (error) {
    fail(stream, error)
  }
}
