import { afterEach, expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import type { Exchange } from '../v1/exchange.ts'
import { chatAnswer, chatChunk, createTestUpstream, jsonAnswer } from '../v1/test-support.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const start = async (serve: (exchange: Exchange) => unknown) => {
  const front = await startFront(serve)
  open.push(front.close)
  return front
}

const stream = { 'content-type': 'text/event-stream' }

/** Starts a stream to a client that does not read, and writes until nothing more is wanted of it. */
const fill = async (piece: Uint8Array | string) => {
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  const { port, seen, sockets } = await start(resolve)
  const { socket, ended } = await dial(port)
  socket.pause()
  socket.write(post('{}'))
  const exchange = await promise
  exchange.head(200, stream)
  let isStuck = false
  let given = 0
  while (!isStuck) {
    isStuck = true
    const wait = exchange.ready().then(() => {
      isStuck = false
    })
    await Promise.race([wait, settle()])
    while (!isStuck) {
      given += piece.length
      if (given > 256 * 1024 * 1024) throw new Error('Nothing holds it up.')
      if (!exchange.data(piece)) break
    }
  }
  return { exchange, socket, ended, seen, served: sockets[0], given }
}

test.each([
  ['bytes', new Uint8Array(16_384).fill(10)],
  ['texts', 'x'.repeat(16_384)],
  ['bytes that are more than is gathered', new Uint8Array(400_000)],
])('a writer of %s is held up until its client reads', async (_name, piece) => {
  const { exchange, socket, served, seen, given } = await fill(piece)
  expect(served?.writableLength).toBeLessThan(1024 * 1024)
  expect(exchange.data(piece)).toBe(false)
  const ready = exchange.ready()
  let read = 0
  socket.on('data', (text) => (read += text.length)).resume()
  await ready
  await until(() => read > given)
  expect(exchange.data(piece)).toBe(true)
  exchange.end()
  await until(() => seen.done === 1)
})

test('a writer that waits is let go when its client leaves, and when its exchange gives up', async () => {
  const piece = new Uint8Array(16_384)
  const left = await fill(piece)
  const ready = left.exchange.ready()
  left.socket.destroy()
  await ready
  expect(left.exchange.signal.aborted).toBe(true)
  expect(left.exchange.data(piece)).toBe(true)
  await left.exchange.ready()
  left.exchange.end()
  const given = await fill(piece)
  const later = given.exchange.ready()
  given.exchange.abort(new Error('enough'))
  await later
  given.exchange.cut()
  await until(() => left.seen.done + given.seen.done === 2)
})

test('a writer that waits for nobody is held to what its client reads all the same', async () => {
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  const { port, sockets } = await start(resolve)
  const { socket } = await dial(port)
  socket.pause()
  socket.write(post('{}'))
  const { head, data } = await promise
  head(200, stream)
  const piece = new Uint8Array(16_384)
  // In one turn of the event loop, in which nobody can read.
  for (let at = 0; at < 10_000 && data(piece); at += 1);
  expect(data(piece)).toBe(false)
  expect(sockets[0]?.writableLength).toBeLessThan(1024 * 1024)
})

/** The whole of `/v1`, whose exchanges have something wrong with them. */
const startV1 = async (spoil: (exchange: Exchange) => Partial<Exchange>) => {
  const { providers } = createTestUpstream(({ text }) =>
    text.includes('"stream":true')
      ? new Response(`${chatChunk({ content: 'a' })}${chatChunk({}, 'stop')}data: [DONE]\n\n`, {
          headers: stream,
        })
      : jsonAnswer(chatAnswer),
  )
  const { v1, lines } = createTestApp({ providers })
  const front = await start((exchange) => v1.handle({ ...exchange, ...spoil(exchange) }))
  return { ...front, v1, lines }
}

const chat = (stream: boolean) =>
  JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'hi' }], stream })
const ask = (body: string) => post(body, '/v1/chat/completions', 'content-type: application/json\r\n')

const oddHeaders = [{ 'x-a': 'b\r\nc: d' }, { 'x-a': 'b\0' }, { 'x-a': 'b\u010ac: d' }, { 'x-a\r\nb': 'c' }]

test.each([
  ['a stream', chat(true)],
  ['a whole answer', chat(false)],
  ['an error', '{"model":5}'],
])(
  'with a header that cannot be written the connection of %s ends, and nobody waits',
  async (_name, body) => {
    for (const headers of oddHeaders) {
      const { port, seen, v1, lines } = await startV1(({ head, send }) => ({
        head: (status, all) => head(status, { ...all, ...headers }),
        send: (status, all, text) => send(status, { ...all, ...headers }, text),
      }))
      const { socket, text, ended } = await dial(port)
      socket.write(ask(body))
      await ended()
      await until(() => v1.running() === 0)
      expect(text()).toBe('')
      expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
      expect(lines.join('')).toContain('cannot be written')
    }
  },
)

test('a header that cannot be written once leaves nothing behind for what is written then', async () => {
  let count = 0
  const { port, seen } = await startV1(({ head }) => ({
    head(status, all) {
      count += 1
      head(status, count === 2 ? { ...all, 'x-a': '\n' } : all)
    },
  }))
  const { socket, text, ended } = await dial(port)
  socket.write(ask(chat(true)) + ask(chat(true)) + ask(chat(true)))
  await ended()
  expect(answersOf(text())).toMatchObject([{ status: 200, body: expect.stringContaining('[DONE]') }])
  expect(seen.done).toBe(seen.taken)
})
