import { Buffer } from 'node:buffer'
import type { TransportSink } from '../types/transport.ts'
import { type BodyDecoder, createBodyDecoder } from './body-decoder.ts'
import { limitOf, type ResolvedBodyLimits, tooLarge } from './body-limits.ts'
import { type BodyCoding, toHead } from './response-head.ts'
import type { UndiciController, UndiciHandler } from './undici-client.ts'

/** What a receiver tells of its exchange. After the first of `onEnd`, `onFault` and `onThrow` nothing more is told. */
export interface ReceiverEvents {
  /** The request is about to be written. */
  onStart(): void
  /** The first byte of an answer came. */
  onBegin(): void
  /** The answer is complete: its connection is free, while its last bytes may still be decoded. */
  onComplete(): void
  /** Everything was handed to the sink; its `end` was not called yet. */
  onEnd(): void
  /** The answer broke, or is one that is not handed on. */
  onFault(error: unknown): void
  /** The sink threw. */
  onThrow(error: unknown): void
}

/** Hands one answer to a sink. */
export interface Receiver {
  readonly handler: UndiciHandler
  /** Has the sink seen the head? */
  hasHead(): boolean
  /** Hands out nothing more. */
  stop(): void
}

/**
 * A handler of undici that writes into `sink` as bytes come: no stream and no promise in between but while the sink
 * asks for a pause. Then the connection is not read, so that the upstream is held back as well.
 *
 * undici hands out each chunk of the transfer coding, of which one read of the socket may hold a hundred. They are
 * gathered until it is done with the read, in the same turn, and handed on as one.
 */
export const createReceiver = (
  name: string,
  sink: TransportSink,
  limits: ResolvedBodyLimits,
  events: ReceiverEvents,
): Receiver => {
  let hasHead = false
  let isStopped = false
  let isHeld = false
  let isComplete = false
  // Mostly there is one; only a second one is worth a list.
  let first: Uint8Array | undefined
  let more: Uint8Array[] | undefined
  let current: UndiciController | undefined
  let handedOn = 0
  let limit = 0
  let coding: BodyCoding | undefined
  let decoder: BodyDecoder | undefined

  const fault = (error: unknown) => {
    if (!isStopped) events.onFault(error)
  }
  const deliver = (source: { pause(): void; resume(): void }, bytes: Uint8Array) => {
    if (isStopped) return
    handedOn += bytes.byteLength
    if (handedOn > limit) return fault(tooLarge(name, limit))
    try {
      if (!sink.data(bytes) && !isHeld && sink.ready !== undefined) hold(source, sink.ready())
    } catch (error) {
      events.onThrow(error)
    }
  }
  /** Is there nothing left to pause? A connection whose answer is complete may carry the next one. */
  const isSpent = () => isComplete && decoder === undefined
  const hold = (source: { pause(): void; resume(): void }, ready: Promise<void>) => {
    isHeld = true
    if (!isSpent()) source.pause()
    const resume = () => {
      isHeld = false
      if (isStopped) return
      if (first !== undefined || isSpent()) flush()
      if (!isHeld && !isStopped && !isSpent()) source.resume()
    }
    ready.then(resume, (error: unknown) => {
      if (!isStopped) events.onThrow(error)
    })
  }
  const gather = (controller: UndiciController, chunk: Uint8Array) => {
    if (first !== undefined) {
      more ??= [first]
      more.push(chunk)
      return
    }
    first = chunk
    current = controller
    queueMicrotask(flushUnlessHeld)
  }
  const flushUnlessHeld = () => {
    if (!isHeld && first !== undefined) flush()
  }
  /** Hands on what was gathered, and the end once nothing is left before it. */
  const flush = () => {
    const bytes = more === undefined ? first : Buffer.concat(more)
    first = undefined
    more = undefined
    if (bytes !== undefined && current !== undefined) deliver(current, bytes)
    if (isComplete && !isHeld && !isStopped) events.onEnd()
  }
  const decode = (controller: UndiciController, wrapped: BodyCoding, chunk: Uint8Array) => {
    decoder ??= createBodyDecoder(wrapped, chunk, {
      onData: (bytes) => decoder && deliver(decoder, bytes),
      onDrain: () => controller.resume(),
      onEnd: events.onEnd,
      onError: fault,
    })
    if (!decoder.write(chunk)) controller.pause()
  }
  const handler: UndiciHandler = {
    onRequestStart: events.onStart,
    onResponseStarted: events.onBegin,
    onResponseStart(_controller, status, received) {
      // 103 and its like come before the answer.
      if (isStopped || status < 200) return
      try {
        const head = toHead(name, status, received)
        coding = head.coding
        limit = limitOf(limits, coding !== undefined)
        hasHead = true
        sink.head(status, head.headers)
      } catch (error) {
        if (hasHead) events.onThrow(error)
        else fault(error)
      }
    },
    onResponseData(controller, chunk) {
      if (isStopped) return
      if (coding === undefined) gather(controller, chunk)
      else decode(controller, coding, chunk)
    },
    onResponseEnd() {
      if (isStopped) return
      events.onComplete()
      isComplete = true
      if (decoder !== undefined) decoder.end()
      else if (!isHeld) flush()
    },
    onResponseError(_controller, error) {
      // What came before the break counts, also where somebody waits.
      if (!isStopped && first !== undefined) flush()
      fault(error)
    },
  }
  return {
    handler,
    hasHead: () => hasHead,
    stop() {
      isStopped = true
      first = undefined
      more = undefined
      decoder?.destroy()
    },
  }
}
