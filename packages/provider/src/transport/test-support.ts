import { createServer, type Socket } from 'node:net'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { createFetchTransport } from './fetch-transport.ts'
import { exchangeEvents } from './node-exchange.ts'
import { createNodeTransport } from './node-transport.ts'
import { createUndiciTransport } from './undici-transport.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** Has whatever is read of lent bytes too late read junk: as if the next read always came at once. */
export const spoilLentBytes = (): void => {
  const { onRead } = exchangeEvents
  exchangeEvents.onRead = (exchange, bytes, size) => {
    onRead(exchange, bytes, size)
    bytes.fill(35, 0, size)
  }
}

/** The transports that have to behave alike. */
export const transports: readonly (readonly ['fetch' | 'undici' | 'node', () => Transport])[] = [
  ['fetch', () => createFetchTransport()],
  ['undici', () => createUndiciTransport()],
  ['node', () => createNodeTransport()],
]

/** A request as it came over the wire, and the socket to answer it on. */
export interface WireRequest {
  /** Request line and headers, without the empty line. */
  head: string
  body: string
  socket: Socket
  /** Its number among those of its connection, from 1. */
  nth: number
  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void
  /** Settles when the connection is closed, whoever closed it. */
  closed: Promise<void>
}

/** A server that speaks no HTTP by itself: each test writes the bytes of its answers. */
export interface WireServer {
  origin: string
  requests: WireRequest[]
  /** The next request, or the first that nobody took. */
  next(): Promise<WireRequest>
  connections(): number
  close(): Promise<void>
}

/** A server on loopback; `answer` is called for each request. */
const startWireServer = async (answer: (request: WireRequest) => void = () => {}): Promise<WireServer> => {
  const requests: WireRequest[] = []
  const untaken: WireRequest[] = []
  const takers: ((request: WireRequest) => void)[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1
    sockets.add(socket)
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.once('close', () => sockets.delete(socket))
    // Clients that go away are what half of the tests are about.
    socket.on('error', () => {})
    let nth = 0
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      while (true) {
        const headEnd = text.indexOf('\r\n\r\n')
        if (headEnd === -1) return
        const head = text.slice(0, headEnd)
        const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
        if (text.length < headEnd + 4 + length) return
        const body = text.slice(headEnd + 4, headEnd + 4 + length)
        text = text.slice(headEnd + 4 + length)
        nth += 1
        const send = (answered: string | Uint8Array) => void socket.write(answered)
        const request: WireRequest = { head, body, socket, nth, send, closed }
        requests.push(request)
        const taker = takers.shift()
        if (taker === undefined) untaken.push(request)
        else taker(request)
        answer(request)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    next() {
      const request = untaken.shift()
      return request ? Promise.resolve(request) : new Promise((resolve) => takers.push(resolve))
    },
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Servers of one test file, to be closed after each test. */
export const createWireServers = () => {
  const servers: WireServer[] = []
  return {
    async serve(answer?: (request: WireRequest) => void): Promise<WireServer> {
      const server = await startWireServer(answer)
      servers.push(server)
      return server
    },
    async closeAll(): Promise<void> {
      await Promise.all(servers.splice(0).map((server) => server.close()))
    },
  }
}

/** One call of a transport, and what its sink has seen. */
export interface Call {
  status?: number
  headers?: Readonly<Record<string, string>>
  chunks: string[]
  /** `end`, or what `error` was called with, in order; more than one would be a fault. */
  ends: unknown[]
  /** Settles once the sink has seen so much text. */
  untilText(text: string): Promise<void>
  untilHead(): Promise<void>
  /** What `dispatch` returned. */
  dispatched: Promise<void>
}

/** Calls a transport with a sink that writes down what it sees; `over` replaces parts of the sink or the request. */
export const call = (
  transport: Transport,
  url: string,
  over: { request?: Partial<TransportRequest>; sink?: Partial<TransportSink>; signal?: AbortSignal } = {},
): Call => {
  const waiting = new Set<() => void>()
  const notice = () => {
    for (const look of [...waiting]) look()
  }
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  const seen: Omit<Call, 'dispatched'> = {
    chunks: [],
    ends: [],
    untilText: (text) => until(() => seen.chunks.join('').includes(text)),
    untilHead: () => until(() => seen.status !== undefined),
  }
  const { data = () => true, head, end, error, ready } = over.sink ?? {}
  const sink: TransportSink = {
    head(status, headers) {
      seen.status = status
      seen.headers = headers
      head?.(status, headers)
      notice()
    },
    data(bytes) {
      seen.chunks.push(new TextDecoder().decode(bytes))
      notice()
      return data(bytes)
    },
    end() {
      seen.ends.push('end')
      end?.()
    },
    error(fault) {
      seen.ends.push(fault)
      error?.(fault)
    },
    ...(ready && { ready }),
  }
  const request: TransportRequest = { url, method: 'POST', headers: {}, body: '{}', ...over.request }
  return Object.assign(seen, { dispatched: transport.dispatch(request, sink, over.signal) })
}

/** One chunk of a chunked body. */
export const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

/** The head of an answer of unknown length. */
export const chunkedHead =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n'

/** An answer of a known length. */
export const whole = (status: string, body: string, ...headers: string[]): string =>
  [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n')

/** A call once it is over. */
export const settled = async (made: Call): Promise<Call> => {
  await made.dispatched
  return made
}
