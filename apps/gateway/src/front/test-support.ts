import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Exchange } from '../v1/exchange.ts'
import { createNodeExchange } from '../v1/node-exchange.ts'
import type { FrontLimits } from './connection.ts'
import { createFront } from './front.ts'

/** Limits that no test reaches by being slow. */
const farOff: FrontLimits = { headersTimeout: 60_000, requestTimeout: 60_000, keepAliveTimeout: 60_000 }

/** For tests: a front before a server of Node's, both of which serve in the same way and count what they do. */
export const startFront = async (
  serve: (exchange: Exchange) => unknown,
  { limits = farOff, lookEveryMs = 5000 }: { limits?: FrontLimits; lookEveryMs?: number } = {},
) => {
  /** Requests that the front took, those of them that are over, and the targets of those that went to Node. */
  const seen = { taken: 0, done: 0, byNode: [] as string[] }
  /** The connections, as the server has them. */
  const sockets: Socket[] = []
  const server = createServer({ keepAliveTimeout: limits.keepAliveTimeout }, (request, response) => {
    seen.byNode.push(`${request.method} ${request.url}`)
    serve(createNodeExchange(request, response))
  })
  const front = createFront(server, {
    limits,
    lookEveryMs,
    serve,
    onRequest() {
      seen.taken += 1
      return () => {
        seen.done += 1
      }
    },
  })
  server.on('connection', (socket: Socket) => void sockets.push(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    front.cut()
    await closed
  }
  const { port } = server.address() as AddressInfo
  return { server, front, port, seen, sockets, close }
}

/** For tests: answers with what was asked, as JSON. */
export const echo = async (exchange: Exchange): Promise<void> => {
  const { method, path, query, headers } = exchange
  const body = Buffer.from(await exchange.readBody(1024 * 1024)).toString('latin1')
  const told = JSON.stringify({ method, path, query, type: headers['content-type'], body })
  exchange.send(200, { 'content-type': 'application/json' }, told)
}

/** For tests: a client that sees every byte. */
export const dial = async (port: number) => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  await once(socket, 'connect')
  let text = ''
  let isClosed = false
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.on('close', () => {
    isClosed = true
  })
  return {
    socket,
    text: () => text,
    /** Waits until this came. */
    read: (part: string, times = 1) =>
      until(
        () => text.split(part).length > times,
        () => text,
      ),
    /** Waits for the end of the connection. */
    ended: () =>
      until(
        () => isClosed,
        () => text,
      ),
  }
}

/** For tests: waits until something holds, for so long that only a fault can take longer. */
export const until = async (holds: () => boolean, seen: () => unknown = () => ''): Promise<void> => {
  const deadline = performance.now() + 8000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`This never came to be: ${holds}. Seen: ${seen()}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** For tests: lets everything happen that is about to, on either side of the connections. */
export const settle = async (turns = 10): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** For tests: a plain request. */
export const post = (body: string, path = '/v1/echo', more = ''): string =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** For tests: whole answers with announced lengths or in chunks, one behind the other, read by a parser of its own. */
export const answersOf = (text: string): { status: number; head: string; body: string }[] => {
  const answers: { status: number; head: string; body: string }[] = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.slice(0, end)
    const status = Number(/^HTTP\/1\.1 (\d{3}) [^\r\n]+(\r\n|$)/.exec(head)?.[1])
    if (end < 0 || Number.isNaN(status)) throw new Error(`No head of an answer: ${JSON.stringify(rest)}`)
    rest = rest.slice(end + 4)
    const length = /\r\ncontent-length: (\d+)(\r\n|$)/i.exec(head)?.[1]
    let body = ''
    if (length !== undefined) {
      body = rest.slice(0, Number(length))
      if (body.length < Number(length)) throw new Error('A body is cut.')
      rest = rest.slice(Number(length))
    } else if (/\r\ntransfer-encoding: chunked(\r\n|$)/i.test(head)) {
      for (let size = -1; size !== 0; ) {
        const line = /^([0-9a-f]+)\r\n/.exec(rest)
        if (line === null) throw new Error(`No chunk: ${JSON.stringify(rest)}`)
        size = Number.parseInt(line[1] ?? '', 16)
        const start = line[0].length
        body += rest.slice(start, start + size)
        if (rest.slice(start + size, start + size + 2) !== '\r\n') throw new Error('A chunk is too short.')
        rest = rest.slice(start + size + 2)
      }
    }
    answers.push({ status, head, body })
  }
  return answers
}
