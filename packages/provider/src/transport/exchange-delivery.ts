import { Buffer } from 'node:buffer'
import { createBodyDecoder } from './body-decoder.ts'
import { tooLarge } from './body-limits.ts'
import { type Exchange, end, fail, throwOut } from './exchange-state.ts'
import { toTransportError } from './transport-error.ts'

/*
 * From content to sink: decoded, counted, and not while the sink waits.
 */

/** Hands on what one read brought, which is lent: it is copied where it is not handed on at once. */
export const handOn = (exchange: Exchange, payload: Uint8Array): void => {
  const { coding } = exchange
  if (coding === undefined) {
    deliver(exchange, payload)
    return
  }
  // The decoder works on it in a thread of its own.
  const owned = Buffer.from(payload)
  exchange.decoder ??= createBodyDecoder(coding, owned, {
    onData: (bytes) => deliver(exchange, bytes),
    onDrain: () => void exchange.connection?.socket.resume(),
    onEnd: () => end(exchange),
    onError: (error) => breakOff(exchange, toTransportError(error, exchange.name, true)),
  })
  if (!exchange.decoder.write(owned)) exchange.connection?.socket.pause()
}

const deliver = (exchange: Exchange, bytes: Uint8Array) => {
  const { limit, name, sink } = exchange
  if (exchange.isSettled) return
  if (exchange.isHeld) {
    exchange.pending ??= []
    exchange.pending.push(Buffer.from(bytes))
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

/** Hands on the end of the body, once everything before it was. */
export const endBody = (exchange: Exchange): void => {
  if (exchange.decoder !== undefined) exchange.decoder.end()
  else if (!exchange.isHeld) end(exchange)
}

/** Ends it with an error. What came before that counts, also where the sink waits. */
export const breakOff = (exchange: Exchange, error: unknown): void => {
  exchange.isHeld = false
  handPending(exchange)
  fail(exchange, error)
}
