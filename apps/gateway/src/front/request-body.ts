import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { createBodyReader, spareBytes } from '../http/json-body.ts'
import type { Exchange } from '../v1/exchange.ts'

/** The body of a request that arrives at a connection. */
export interface RequestBody {
  readonly read: Exchange['readBody']
  readonly drop: Exchange['dropBody']
  /** Takes what came; returns what of it belongs to something else. */
  push(bytes: Buffer): Buffer | undefined
  /** Ends a reading: nothing more will come, or nobody waits for it. */
  leave(reason: unknown): void
  /** The same, and what is missing is not waited for: it took too long. */
  expire(reason: unknown): void
  /** Has all of it come? */
  isWhole(): boolean
  /** Is some of it left that nobody will read, so that the connection is of no more use? */
  isUnreadable(): boolean
}

/** Bytes that wait for somebody to read them, before the client has to. */
const waitingBytes = 64 * 1024

/** A body of `length` bytes: read once, or dropped, or left where there is too much of it. */
export const createRequestBody = (socket: Socket, length: number): RequestBody => {
  let missing = length
  let waiting: Uint8Array[] = []
  let waits = 0
  let isPaused = false
  let isAbandoned = false
  let taker: Taker | undefined
  // Why the rest was given up, for who asks for it only then.
  let loss: { reason: unknown } | undefined

  /** Lets `take` have each chunk until there are none. A length that is known is never more than it wants. */
  const pump = (take: Taker['take']): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    taker = { take, resolve, reject }
    const came = waiting
    waiting = []
    waits = 0
    for (const chunk of came) take(chunk)
    finishIfWhole()
    if (isPaused && !isAbandoned) socket.resume()
    isPaused = false
    return promise
  }
  const finishIfWhole = () => {
    if (missing > 0) return
    const done = taker
    taker = undefined
    done?.resolve()
  }
  const keep = (chunk: Uint8Array) => {
    waiting.push(chunk)
    waits += chunk.length
    if (missing === 0 || waits < waitingBytes || isPaused) return
    isPaused = true
    socket.pause()
  }
  const fail = (reason: unknown) => {
    loss = { reason }
    const left = taker
    taker = undefined
    left?.reject(reason)
  }

  return {
    push(bytes) {
      if (isAbandoned) return undefined
      const own = bytes.length > missing ? bytes.subarray(0, missing) : bytes
      missing -= own.length
      if (taker === undefined) keep(own)
      else {
        taker.take(own)
        finishIfWhole()
      }
      return own === bytes ? undefined : bytes.subarray(own.length)
    },
    async read(limit) {
      const reader = createBodyReader(limit, String(length))
      if (loss !== undefined && missing > 0) throw loss.reason
      const [only] = waiting
      if (missing === 0 && waiting.length === 1 && only !== undefined) {
        waiting = []
        reader.add(only)
      } else if (length > 0) await pump(reader.add)
      return reader.bytes()
    },
    async drop() {
      if (isAbandoned) return
      if (missing === 0) {
        waiting = []
        return
      }
      isAbandoned = socket.destroyed || length > spareBytes
      if (isAbandoned) return
      try {
        await pump(() => {})
      } catch {
        // Nobody waits for the rest any more.
        isAbandoned = true
      }
    },
    leave: fail,
    expire(reason) {
      isAbandoned ||= missing > 0
      fail(reason)
    },
    isWhole: () => missing === 0,
    isUnreadable: () => isAbandoned,
  }
}

/** Whoever reads a body. */
interface Taker {
  take(chunk: Uint8Array): void
  resolve(): void
  reject(reason: unknown): void
}
