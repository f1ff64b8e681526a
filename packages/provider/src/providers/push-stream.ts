import { createSseDecoder, type SseDecoder } from '@gateway/sse'
import type { StreamDecoder } from '../dialects/dialect.ts'
import { type AnswerContext, isEventStream, maxErrorBytes, toWrongTypeError } from '../http/answer.ts'
import { append, type ByteBuffer, createByteBuffer, takeAll } from '../http/byte-buffer.ts'
import { createLifeline, type Lifeline } from '../http/lifeline.ts'
import type { Warning } from '../types/completion.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { StreamSink } from '../types/stream-sink.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { relay } from './relay.ts'

/** Most characters of one event; the same in its lines. */
const maxEventLength = 4_194_304

/** Options of {@link pushStream}. */
export interface PushOptions {
  sink: StreamSink
  decoder: StreamDecoder
  /** What of the request was left out, to be told after the start. */
  warnings: readonly Warning[]
  reading: AnswerContext
  secrets: readonly string[]
  signal?: AbortSignal | undefined
  /** What to reject with in place of an error. */
  toFailure(error: unknown): unknown
}

/** A pushed stream. Data and functions over it, since a gateway holds thousands of them and each closure is memory. */
interface PushedStream {
  phase: 'open' | 'wrong-type' | 'whole' | 'closed'
  readonly options: PushOptions
  readonly lifeline: Lifeline
  readonly settled: PromiseWithResolvers<void>
  readonly reader: SseDecoder
  /** The events of the chunk at hand. */
  readonly events: StreamEvent[]
  warnings: readonly Warning[]
  headers: Readonly<Record<string, string>>
  body: ByteBuffer | undefined
}

/** Sends a request and pushes the events of its answer into a sink. Resolves once the `finish` was pushed. */
export const pushStream = (
  transport: Transport,
  request: TransportRequest,
  options: PushOptions,
): Promise<void> => {
  const { signal } = options
  if (signal?.aborted) return Promise.reject(signal.reason)
  const stream = createPushedStream(options)
  const sink: TransportSink = {
    head(_status, headers) {
      if (isEventStream(headers)) return
      stream.phase = 'wrong-type'
      stream.headers = headers
    },
    data: (bytes) => take(stream, bytes),
    ready: () => options.sink.ready(),
    end: () => finish(stream),
    error: (error) => finish(stream, { error }),
  }
  const { reading, secrets } = options
  relay(transport, request, sink, { reading, secrets, signal: stream.lifeline.signal }).catch(sink.error)
  return stream.settled.promise
}

const createPushedStream = (options: PushOptions): PushedStream => {
  const stream: PushedStream = {
    phase: 'open',
    options,
    lifeline: createLifeline(options.signal, (reason) => {
      stream.phase = 'closed'
      stream.settled.reject(reason)
    }),
    settled: Promise.withResolvers(),
    reader: createSseDecoder({
      onMessage(message) {
        if (stream.phase === 'open') gather(stream, options.decoder.take(message))
      },
      maxLineLength: maxEventLength,
      maxEventLength,
      incomplete: 'deliver',
    }),
    events: [],
    warnings: options.warnings,
    headers: {},
    body: undefined,
  }
  return stream
}

const gather = (stream: PushedStream, events: readonly StreamEvent[]): void => {
  for (const event of events) {
    stream.events.push(event)
    if (event.type === 'start') {
      for (const warning of stream.warnings) stream.events.push({ type: 'warning', warning })
      stream.warnings = []
    }
    if (event.type === 'finish') stream.phase = 'whole'
  }
}

const take = (stream: PushedStream, bytes: Uint8Array): boolean => {
  if (stream.phase === 'open') {
    try {
      stream.reader.push(bytes)
      return push(stream)
    } catch (error) {
      fail(stream, error)
    }
  } else if (stream.phase === 'wrong-type') {
    stream.body ??= createByteBuffer()
    append(stream.body, bytes)
    if (stream.body.length > maxErrorBytes) fail(stream, toWrongType(stream))
  }
  return true
}

/** Pushes what was gathered. */
const push = (stream: PushedStream): boolean => {
  const { events, options, lifeline } = stream
  if (events.length === 0) return true
  let goesOn = true
  try {
    goesOn = options.sink.events(events)
  } finally {
    events.length = 0
  }
  if (stream.phase !== 'whole') return goesOn
  // Nobody waits for the end of the response; its connection may be used again if it comes soon.
  lifeline.expectEnd(() => {})
  stream.settled.resolve()
  return true
}

const finish = (stream: PushedStream, fault?: { error: unknown }): void => {
  const { phase, reader, options, lifeline } = stream
  if (phase === 'whole') lifeline.release()
  if (phase === 'whole' || phase === 'closed') return
  try {
    if (phase === 'wrong-type') throw fault?.error ?? toWrongType(stream)
    if (fault === undefined) reader.end()
    if (stream.phase === 'open') gather(stream, options.decoder.end(fault))
    push(stream)
    lifeline.release()
  } catch (error) {
    fail(stream, error)
  }
}

const fail = (stream: PushedStream, error: unknown): void => {
  const { settled, options, lifeline } = stream
  try {
    // What came before it came.
    if (stream.phase === 'open') push(stream)
  } finally {
    stream.phase = 'closed'
    lifeline.cut()
    settled.reject(options.toFailure(error))
  }
}

const toWrongType = ({ body, headers, options }: PushedStream): unknown =>
  toWrongTypeError(new TextDecoder().decode(body && takeAll(body)), headers, options.reading)
