/**
 * Both providers in one process, on bare sockets and with answers made once: what a model's name asks for is in
 * `answers.ts`. It tells its parent when a request of `hang`, `slow` or `flood` arrived and when its connection went.
 */
import { createServer, type Socket } from 'node:net'
import { createHttpReader } from '../http-reader.ts'
import { cannedStream, plainBody, readScript, type Script, type WireDialect } from './answers.ts'

/** What the mock tells its parent. Times are nanoseconds of the clock that all processes share. */
export type UpstreamNote =
  | { type: 'listening'; port: number }
  | { type: 'asked'; model: string; at: number }
  | { type: 'closed'; model: string; at: number; sentBytes: number }

const note = (message: UpstreamNote): void => {
  process.send?.(message)
}
const now = (): number => Number(process.hrtime.bigint())

/** Headers as the two providers send them. */
const commonHeaders: Record<WireDialect, string> = {
  chat:
    'openai-organization: bench\r\nopenai-processing-ms: 12\r\nopenai-version: 2020-10-01\r\n' +
    'x-ratelimit-limit-requests: 10000\r\nx-ratelimit-remaining-requests: 9999\r\nx-ratelimit-reset-requests: 6ms\r\n' +
    'x-request-id: req_4f0b8a1d2c3e4f5a6b7c8d9e0f1a2b3c\r\n',
  messages:
    'anthropic-organization-id: bench\r\nanthropic-ratelimit-requests-limit: 10000\r\n' +
    'anthropic-ratelimit-requests-remaining: 9999\r\nrequest-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\n',
}
const streamHead = (dialect: WireDialect): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n${commonHeaders[dialect]}transfer-encoding: chunked\r\n\r\n`

/** Each event is a chunk of its own, as providers flush them. */
const chunked = (events: string): string =>
  events
    .split(/(?<=\n\n)/)
    .map((event) => `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`)
    .join('')
const lastChunk = '0\r\n\r\n'

/** One model's answers in one dialect, as the bytes that are written. */
interface Canned {
  script: Script
  /** The whole answer of `json` and `burst`; the start of all others. */
  start: Buffer
  next: Buffer[]
  end: Buffer
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const toCanned = (dialect: WireDialect, model: string, includeUsage: boolean): Canned => {
  const script = readScript(model)
  if (script.kind === 'json') {
    const body = plainBody(dialect, model)
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${commonHeaders[dialect]}content-length: ${body.length}\r\n\r\n`
    return { script, start: bytes(head + body), next: [], end: bytes('') }
  }
  const { first, next, last } = cannedStream(dialect, model, includeUsage)
  const start = streamHead(dialect) + chunked(first)
  const count = script.kind === 'paced' || script.kind === 'burst' ? script.events : 2
  const rest = Array.from({ length: count - 1 }, (_, n) => chunked(next(n + 1)))
  const end = chunked(last) + lastChunk
  if (script.kind === 'burst')
    return { script, start: bytes(start + rest.join('') + end), next: [], end: bytes('') }
  // Long events: filling the kernel's buffers must not take as much work as a thousand answers.
  if (script.kind === 'flood')
    return {
      script,
      start: bytes(start),
      next: [bytes(chunked(next(1, ' token'.repeat(700))))],
      end: bytes(end),
    }
  return { script, start: bytes(start), next: rest.map(bytes), end: bytes(end) }
}

const cannedByName = new Map<string, Canned>()

/** One event a second for thousands of streams: they take turns in 50 groups, so that the load is even. */
const groups = Array.from({ length: 50 }, () => new Map<Socket, Buffer>())
let group = 0
setInterval(() => {
  group = (group + 1) % groups.length
  for (const [socket, event] of groups[group] ?? []) socket.write(event)
}, 1000 / groups.length).unref()

const pace = (socket: Socket, { script, next, end }: Canned): void => {
  let sent = 0
  let timer: NodeJS.Timeout
  const stop = (): void => clearTimeout(timer)
  const step = (): void => {
    socket.write(next[sent] ?? end)
    sent += 1
    if (sent <= next.length) timer = setTimeout(step, script.gapMs)
    else socket.off('close', stop)
  }
  timer = setTimeout(step, script.gapMs)
  socket.on('close', stop)
}

/** As much as the connection takes, for ever. */
const flood = (socket: Socket, event: Buffer): void => {
  let isOpen = true
  while (isOpen && !socket.destroyed) isOpen = socket.write(event)
  if (!socket.destroyed) socket.once('drain', () => setImmediate(flood, socket, event))
}

const answer = (socket: Socket, model: string, canned: Canned): void => {
  const { script, start, next } = canned
  if (script.kind === 'json' || script.kind === 'burst') {
    socket.write(start)
    return
  }
  if (script.kind === 'paced') {
    socket.write(start)
    pace(socket, canned)
    return
  }
  note({ type: 'asked', model, at: now() })
  const chosen = groups[Math.floor(Math.random() * groups.length)]
  socket.once('close', () => {
    chosen?.delete(socket)
    note({ type: 'closed', model, at: now(), sentBytes: socket.bytesWritten })
  })
  if (script.kind === 'hang') return
  socket.write(start)
  const [event] = next
  if (event === undefined) return
  if (script.kind === 'slow') chosen?.set(socket, event)
  else flood(socket, event)
}

const modelPattern = /(?:gpt|claude)-bench-[a-z0-9-]+/

const server = createServer({ noDelay: true }, (socket) => {
  let dialect: WireDialect = 'chat'
  let body: Buffer[] = []
  const reader = createHttpReader({
    head: (head) => {
      dialect = head.startsWith('POST /v1/messages') ? 'messages' : 'chat'
      body = []
    },
    body: (piece) => body.push(piece),
    end: () => {
      const text = (body.length === 1 ? body[0] : Buffer.concat(body))?.toString('latin1') ?? ''
      // Not parsed: a body of 36 KB would cost the mock more than the gateway's whole work.
      const model = modelPattern.exec(text)?.[0] ?? 'gpt-bench-json'
      const includeUsage = text.includes('"include_usage":true') || text.includes('"include_usage": true')
      const name = `${dialect} ${model} ${includeUsage}`
      let canned = cannedByName.get(name)
      if (canned === undefined) {
        canned = toCanned(dialect, model, includeUsage)
        cannedByName.set(name, canned)
      }
      answer(socket, model, canned)
    },
  })
  socket.on('data', (piece: Buffer) => reader.push(piece))
  socket.on('error', () => socket.destroy())
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') note({ type: 'listening', port: address.port })
})
// Its parent's end is its own: nothing is left running behind a bench that was interrupted.
process.once('disconnect', () => process.exit())
