import type { IncomingMessage } from 'node:http'
import { createBodyReader, spareBytes } from '../http/json-body.ts'
import type { Exchange } from './exchange.ts'

/** The body of a Node request. */
export interface NodeBody {
  read: Exchange['readBody']
  drop: Exchange['dropBody']
  /** Ends a reading: nothing more will come, or nobody waits for it. */
  leave(reason: unknown): void
  /** Is some of it left that nobody will read, so that the connection is of no more use? */
  isUnreadable(): boolean
}

/** The body of a request: read once, or dropped, or left where there is too much of it. */
export const createNodeBody = (
  request: IncomingMessage,
  headers: Readonly<Record<string, string>>,
): NodeBody => {
  const declared = headers['content-length']
  // Without either header a request has no body.
  let isWhole = declared === undefined && headers['transfer-encoding'] === undefined
  let fail: ((reason: unknown) => void) | undefined
  let isAbandoned = false

  /** Lets `take` have each chunk until it wants no more, or there are none. */
  const pump = (take: (chunk: Uint8Array) => boolean) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onData = (chunk: Uint8Array) => {
      if (take(chunk)) return
      isAbandoned = true
      request.pause()
      stop()
      resolve()
    }
    const onEnd = () => {
      isWhole = true
      stop()
      resolve()
    }
    const stop = () => {
      fail = undefined
      request.removeListener('data', onData)
      request.removeListener('end', onEnd)
    }
    fail = (reason) => {
      stop()
      reject(reason)
    }
    request.on('data', onData)
    request.on('end', onEnd)
    return promise
  }

  return {
    async read(limit: number): Promise<Uint8Array> {
      const reader = createBodyReader(limit, declared)
      if (!isWhole) await pump(reader.add)
      return reader.bytes()
    },
    async drop(): Promise<void> {
      if (isWhole || isAbandoned) return
      isAbandoned = request.destroyed || Number(declared ?? 0) > spareBytes
      if (isAbandoned) return
      let size = 0
      try {
        await pump((chunk) => {
          size += chunk.length
          return size <= spareBytes
        })
      } catch {
        // Nobody waits for the rest any more.
        isAbandoned = true
      }
    },
    leave(reason: unknown) {
      fail?.(reason)
    },
    isUnreadable: () => isAbandoned,
  }
}
