import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** A sink whose bytes are lent for as short as a transport may: whatever is read of them later is `#`. */
export const lendTo = (sink: TransportSink): TransportSink => {
  let lent = new Uint8Array()
  return {
    ...sink,
    data(bytes) {
      if (lent.length < bytes.length) lent = new Uint8Array(bytes.length)
      lent.set(bytes)
      try {
        return sink.data(lent.subarray(0, bytes.length))
      } finally {
        lent.fill(35)
      }
    },
  }
}

/** A request that a {@link createStage} was asked to send, to be answered by hand. */
export interface StagedRequest {
  request: TransportRequest
  sink: TransportSink
  signal: AbortSignal | undefined
  /** Sends text. */
  send(text: string): boolean
}

/** A transport whose upstream is played by the test. */
export interface Stage {
  transport: Transport
  /** The latest request. */
  latest(): StagedRequest
}

/**
 * A stage without requests. As real transports do, it lends its bytes, hands an abort to the sink and settles when the
 * sink is done.
 */
export const createStage = (): Stage => {
  const requests: StagedRequest[] = []
  const transport: Transport = {
    dispatch: (request, sink, signal) =>
      new Promise<void>((resolve) => {
        const once = <A extends unknown[]>(call: (...args: A) => void) => {
          return (...args: A) => {
            signal?.removeEventListener('abort', onAbort)
            call(...args)
            resolve()
          }
        }
        const played = lendTo({ ...sink, end: once(sink.end), error: once(sink.error) })
        const onAbort = () => played.error(signal?.reason)
        signal?.addEventListener('abort', onAbort, { once: true })
        const encoder = new TextEncoder()
        requests.push({ request, sink: played, signal, send: (text) => played.data(encoder.encode(text)) })
      }),
  }
  return {
    transport,
    latest() {
      const request = requests.at(-1)
      if (request === undefined) throw new Error('Nothing was sent.')
      return request
    },
  }
}
