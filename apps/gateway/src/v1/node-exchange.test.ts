import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Provider } from '@gateway/provider'
import { afterEach, expect, test } from 'vitest'
import { createTransportErrors } from '../http/transport-errors.ts'
import { listen, type RunningServer } from '../server.ts'
import { createTestApp } from '../test-app.ts'
import type { Exchange } from './exchange.ts'
import { createNodeExchange } from './node-exchange.ts'
import {
  chatAnswer,
  chatChunk,
  createStreamAnswer,
  createTestUpstream,
  jsonAnswer,
  type UpstreamAnswer,
} from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A real server before an upstream that the test plays. */
const serve = async (answer: UpstreamAnswer, providers?: readonly Provider[]) => {
  const upstream = createTestUpstream(answer)
  const gateway = createTestApp({ providers: providers ?? upstream.providers })
  const errors = createTransportErrors(gateway.deps.log, gateway.deps.newRequestId)
  const server: RunningServer = await listen({ ...gateway, errors }, { host: '127.0.0.1', port: 0 })
  open.push(() => server.close(0))
  const port = Number(new URL(server.url).port)
  const post = (body: unknown, init: RequestInit = {}, path = '/v1/chat/completions') =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
    })
  return { ...upstream, ...gateway, server, port, post }
}

/** A connection of which every byte is seen. */
const dial = async (port: number) => {
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  const closed = once(socket, 'close')
  socket.on('error', () => {})
  return {
    socket,
    closed,
    text: () => text,
    async until(part: string) {
      while (!text.includes(part)) await Promise.race([once(socket, 'data'), closed])
    },
  }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise(setImmediate)
}

const chat = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'hi' }] }
const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
const request = (body: string) => `${head}content-length: ${body.length}\r\n\r\n${body}`

test('a whole answer has a length, and its connection serves the next request', async () => {
  const { port, lines } = await serve(() => jsonAnswer(chatAnswer))
  const { socket, text, until: read } = await dial(port)
  socket.write(request(JSON.stringify(chat)))
  await read('"total_tokens":4}}')
  expect(text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(text()).toContain(`content-length: ${JSON.stringify(chatAnswer).length}\r\n`)
  expect(text()).not.toMatch(/transfer-encoding|connection: close/i)
  socket.write(request('{"model":5}'))
  await read('must be the name of a model')
  expect(text()).toMatch(/HTTP\/1\.1 400 Bad Request\r\n/)
  expect(text()).not.toMatch(/connection: close/i)
  socket.destroy()
  expect(lines).toHaveLength(2)
})

test('a stream is written as it comes', async () => {
  const upstream = createStreamAnswer()
  const { post } = await serve(() => upstream.response)
  upstream.write(chatChunk({ content: 'Hel' }))
  const answer = await post({ ...chat, stream: true })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toBe(chatChunk({ content: 'Hel' }))
  upstream.write(chatChunk({ content: 'lo ✓' }))
  expect((await reader?.read())?.value).toBe(chatChunk({ content: 'lo ✓' }))
  upstream.write(chatChunk({}, 'stop'))
  upstream.end()
  expect((await reader?.read())?.value).toBe(chatChunk({}, 'stop'))
  expect((await reader?.read())?.done).toBe(true)
})

test.each([
  ['before the first byte', true, false],
  ['in the middle of a stream', true, true],
  ['while a whole answer is awaited', false, false],
])('a client that hangs up %s frees the upstream', async (_name, stream, hasBegun) => {
  const upstream = createStreamAnswer()
  const { promise: pending } = Promise.withResolvers<Response>()
  const { port, calls, v1, lines } = await serve(() => (hasBegun ? upstream.response : pending))
  const { socket, until: read } = await dial(port)
  socket.write(request(JSON.stringify({ ...chat, stream })))
  await until(() => calls.length > 0)
  if (hasBegun) {
    upstream.write(chatChunk({ content: 'Hel' }))
    await read('Hel')
  }
  expect(calls[0]?.signal.aborted).toBe(false)
  socket.destroy()
  await until(() => calls[0]?.signal.aborted === true && v1.running() === 0)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ client_left: true, status: hasBegun ? 200 : 499 })
})

test('a client that hangs up while it sends its body is let go', async () => {
  const { port, calls, v1, lines } = await serve(() => jsonAnswer(chatAnswer))
  const { socket } = await dial(port)
  socket.write(`${head}content-length: 1000\r\n\r\n{"model"`)
  await until(() => v1.running() === 1)
  socket.destroy()
  await until(() => v1.running() === 0)
  expect(calls).toHaveLength(0)
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ status: 499, client_left: true })
})

test('a client that stops reading stops the upstream until it reads on or leaves', async () => {
  const piece = chatChunk({ content: 'x'.repeat(16_000) })
  let sent = 0
  const endless = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        sent += piece.length
        controller.enqueue(new TextEncoder().encode(piece))
      },
    },
    { highWaterMark: 0 },
  )
  const headers = { 'content-type': 'text/event-stream' }
  const { port, v1, calls } = await serve(() => new Response(endless, { headers }))
  const { socket, until: read } = await dial(port)
  socket.write(request(JSON.stringify({ ...chat, stream: true })))
  await read('xxx')
  socket.pause()
  let before = -1
  while (before !== sent) {
    before = sent
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  socket.resume()
  await until(() => sent > before)
  socket.pause()
  socket.destroy()
  await until(() => calls[0]?.signal.aborted === true && v1.running() === 0)
})

test('what is written is as it was given, whatever becomes of lent bytes', async () => {
  const server = createServer((incoming, response) => {
    const exchange = createNodeExchange(incoming, response)
    exchange.head(200, { 'content-type': 'text/event-stream' })
    const lent = Buffer.alloc(16)
    for (const text of ['data: a\n', 'data: ✓', '\n\n']) {
      exchange.data(lent.subarray(0, lent.write(text)))
      lent.fill(35)
    }
    exchange.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  open.push(async () => void server.close())
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(await answer.text()).toBe('data: a\ndata: ✓\n\n')
})

test('what waits for a client that does not read is bounded, whoever writes', async () => {
  const { promise, resolve } = Promise.withResolvers<{ exchange: Exchange; response: ServerResponse }>()
  const server = createServer((incoming, response) =>
    resolve({ exchange: createNodeExchange(incoming, response), response }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  open.push(async () => void server.close())
  const { socket } = await dial((server.address() as AddressInfo).port)
  socket.pause()
  socket.write(request('{}'))
  const { exchange, response } = await promise
  exchange.head(200, { 'content-type': 'text/event-stream' })
  const piece = new Uint8Array(16_384).fill(10)
  const isStuck = () =>
    Promise.race([
      exchange.ready().then(() => false),
      new Promise((resolve) => setTimeout(resolve, 50)).then(() => true),
    ])
  // The kernel takes some of it; what it does not take is ours to hold.
  do while (exchange.data(piece));
  while (!(await isStuck()))
  expect(response.writableLength + (response.socket?.writableLength ?? 0)).toBeLessThan(256 * 1024)
  const ready = exchange.ready()
  socket.destroy()
  // Nobody is left waiting, and what is written now goes nowhere.
  await ready
  expect(exchange.signal.aborted).toBe(true)
  expect(exchange.data(piece)).toBe(true)
  exchange.end()
})

test.each([
  ['announced', `content-length: ${33 * 1024 * 1024}\r\n\r\n`, (chunk: string) => chunk, ''],
  [
    'that comes in chunks',
    'transfer-encoding: chunked\r\n\r\n',
    (chunk: string) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
    '0\r\n\r\n',
  ],
])(
  'a body over the limit %s is a 413, and the connection serves the next request',
  async (_name, rest, toChunk, last) => {
    const { port } = await serve(() => jsonAnswer(chatAnswer))
    const { socket, text, until: read } = await dial(port)
    socket.write(head + rest)
    const chunk = 'x'.repeat(1024 * 1024)
    for (let at = 0; at < 33; at += 1) {
      if (!socket.write(toChunk(chunk))) await once(socket, 'drain')
    }
    socket.write(last)
    await read('body_too_large')
    expect(text()).toMatch(/^HTTP\/1\.1 413 /)
    expect(text()).not.toMatch(/connection: close/i)
    socket.write(request(JSON.stringify(chat)))
    await read('"total_tokens":4}}')
    socket.destroy()
  },
)

test.each([
  ['is a 413', '/v1/chat/completions', 413],
  ['is not read for a refusal', '/v1/nothing', 404],
])(
  'a body without an end in sight %s, which announces the end of the connection',
  async (_name, path, status) => {
    const { port } = await serve(() => jsonAnswer(chatAnswer))
    const { socket, text, closed } = await dial(port)
    socket.write(head.replace('/v1/chat/completions', path))
    socket.write('content-length: 1000000000\r\n\r\n')
    await closed
    expect(text()).toContain(`HTTP/1.1 ${status} `)
    expect(text()).toMatch(/connection: close/i)
  },
)

test('a request that is refused unread has its body dropped, and the connection stays', async () => {
  const { port } = await serve(() => jsonAnswer(chatAnswer))
  const { socket, text, until: read } = await dial(port)
  const body = 'x'.repeat(1024 * 1024)
  socket.write(
    `POST /v1/nothing HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  await read('There is nothing at /v1/nothing')
  socket.write(request(JSON.stringify(chat)))
  await read('"total_tokens":4}}')
  expect(text()).not.toMatch(/connection: close/i)
  socket.destroy()
})

test('what the parser refuses has the shape of the contract that was asked', async () => {
  const { port } = await serve(() => jsonAnswer(chatAnswer))
  const broken = await dial(port)
  broken.socket.write(
    `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`,
  )
  await broken.closed
  const [top = '', body = ''] = broken.text().split('\r\n\r\n')
  const id = /request-id: (\S+)/.exec(top)?.[1]
  expect(JSON.parse(body)).toMatchObject({ type: 'error', request_id: id })
  const expecting = await dial(port)
  expecting.socket.write(`${head}expect: banana\r\ncontent-length: 2\r\n\r\n`)
  await expecting.closed
  expect(expecting.text()).toMatch(/^HTTP\/1\.1 417 /)
  expect(expecting.text()).toContain('"param":null')
})

test('draining waits for answers, refuses new ones, and ends those that take too long in their contract', async () => {
  const quick = createStreamAnswer()
  const slow = createStreamAnswer()
  const answers = [quick.response, slow.response]
  const { promise: pending } = Promise.withResolvers<Response>()
  const { post, v1, calls } = await serve(() => answers.shift() ?? pending)
  quick.write(chatChunk({ content: 'quick' }))
  const first = await post({ ...chat, stream: true })
  slow.write(chatChunk({ content: 'slow' }))
  const second = await post({ ...chat, max_tokens: 9, stream: true }, {}, '/v1/messages')
  const third = post({ ...chat, max_tokens: 9 }, {}, '/v1/messages')
  await until(() => calls.length === 3)

  const drained = v1.drain(300)
  const refused = await post(chat)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(refused.headers.get('connection')).toBe('close')
  expect(await refused.json()).toMatchObject({ error: { code: 'shutting_down' } })
  quick.write(`${chatChunk({}, 'stop')}data: [DONE]\n\n`)
  quick.end()
  expect(await first.text()).toContain('[DONE]')
  await drained
  expect(v1.running()).toBe(0)
  const text = await second.text()
  expect(text).toMatch(/event: error\ndata: \{"type":"error".*shutting down/)
  expect(text).not.toContain('message_stop')
  expect((await third).status).toBe(503)
  expect(await (await third).json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
  for (const { signal } of calls.slice(1)) expect(signal.aborted).toBe(true)
})
