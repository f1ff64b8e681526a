import { Buffer } from 'node:buffer'
import { afterEach, expect, test } from 'vitest'
import type { Exchange } from '../v1/exchange.ts'
import { answersOf, dial, echo, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const start = async (...options: Parameters<typeof startFront>) => {
  const front = await startFront(...options)
  open.push(front.close)
  return front
}

const get = (target: string) => `GET ${target} HTTP/1.1\r\nhost: localhost\r\n\r\n`
const chunked = (target: string) =>
  `POST ${target} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`
const bodies = (text: string) => answersOf(text).map(({ body }) => JSON.parse(body))

test('a plain request is served without Node, and anything else by Node', async () => {
  const { port, seen } = await start(echo)
  const { socket, read, text } = await dial(port)
  socket.write(post('one', '/v1/echo?a=1', 'Content-Type: text/x\r\n'))
  await read('"one"')
  expect(bodies(text())).toEqual([
    { method: 'POST', path: '/v1/echo', query: 'a=1', type: 'text/x', body: 'one' },
  ])
  expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
  socket.write(get('/v1/two'))
  await read('/v1/two')
  expect(seen).toEqual({ taken: 1, done: 1, byNode: ['GET /v1/two'] })
})

test('after another request a connection goes on in the hands of Node', async () => {
  const { port, seen } = await start(echo)
  const { socket, read, text } = await dial(port)
  socket.write(post('one'))
  await read('"one"')
  for (const [at, request] of [get('/v1/0'), post('1'), post('2'), chunked('/v1/3'), post('4')].entries()) {
    socket.write(request)
    await until(() => answersOf(text()).length === at + 2, text)
  }
  expect(bodies(text()).map(({ body }) => body)).toEqual(['one', '', '1', '2', 'ok', '4'])
  expect(seen.taken).toBe(1)
  expect(seen.byNode).toHaveLength(5)
})

test('a request that is cut anywhere is answered as if it had come at once', async () => {
  const { port } = await start(echo)
  const bytes = Buffer.from(post('{"a":"✓"}', '/v1/echo?q', 'content-type: application/json\r\n'))
  const ask = async (...pieces: readonly Buffer[]) => {
    const { socket, read, text } = await dial(port)
    for (const piece of pieces) {
      socket.write(piece)
      await settle(1)
    }
    await read('"body"')
    socket.destroy()
    const [{ head, ...answer } = { head: '' }] = answersOf(text())
    // Node writes its headers in another case and order.
    return {
      ...answer,
      head: head
        .toLowerCase()
        .replace(/\r\ndate: [^\r]+/, '')
        .split('\r\n')
        .toSorted(),
    }
  }
  const whole = await ask(bytes)
  expect(whole.status).toBe(200)
  const cuts = await Promise.all(
    Array.from(bytes.subarray(1), (_, at) => ask(bytes.subarray(0, at + 1), bytes.subarray(at + 1))),
  )
  for (const answer of cuts) expect(answer).toEqual(whole)
  expect(await ask(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(whole)
})

test('several requests that come at once are answered one by one, in order', async () => {
  const { port, seen } = await start(echo)
  const many = Array.from({ length: 200 }, (_, at) => `${at}:${'x'.repeat(500)}`)
  const requests = [...many.map((body) => post(body)), post(''), get('/v1/x'), chunked('/v1/y'), post('last')]
  const all = Buffer.from(requests.join(''))
  const expected = [...many, '', '', 'ok', 'last']
  for (const size of [all.length, 1009, 40]) {
    const { socket, read, text } = await dial(port)
    for (let at = 0; at < all.length; at += size) {
      socket.write(all.subarray(at, at + size))
      await new Promise(setImmediate)
    }
    await read('"last"')
    expect(bodies(text()).map(({ body }) => body)).toEqual(expected)
  }
  expect(seen.done).toBe(seen.taken)
  expect(seen.taken).toBeGreaterThan(200)
})

test.each([
  ['nonsense', 400],
  ['\r\n\r\n\r\n\0', 400],
  ['POST /v1/echo HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n', 400],
])('garbage behind a request (%j) does not spoil its answer', async (garbage, status) => {
  const { port, seen } = await start(echo)
  const { socket, text, ended } = await dial(port)
  socket.write(post('one') + garbage)
  await ended()
  expect(answersOf(text()).map((answer) => answer.status)).toEqual([200, status])
  expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
})

test('one exchange at a time is open on a connection', async () => {
  const exchanges: Exchange[] = []
  const { port, seen } = await start((exchange) => exchanges.push(exchange))
  const { socket, read } = await dial(port)
  socket.write(post('one') + post('two') + get('/v1/three'))
  await until(() => exchanges.length === 1)
  await settle()
  expect(exchanges).toHaveLength(1)
  exchanges[0]?.head(200, { 'content-type': 'text/event-stream' })
  exchanges[0]?.data('first')
  await read('first')
  await settle()
  expect(exchanges).toHaveLength(1)
  exchanges[0]?.end()
  await until(() => exchanges.length === 2)
  expect(seen).toEqual({ taken: 2, done: 1, byNode: [] })
  exchanges[1]?.send(200, {}, 'second')
  await until(() => exchanges.length === 3)
  expect(seen).toEqual({ taken: 2, done: 2, byNode: ['GET /v1/three'] })
})

test('what comes while a client has not read its answer waits, in order', async () => {
  const large = 'x'.repeat(24 * 1024 * 1024)
  const { port, seen } = await start(async (exchange: Exchange) => {
    const body = Buffer.from(await exchange.readBody(1000)).toString()
    exchange.send(200, {}, body === 'large' ? large : `<${body}>`)
  })
  const { socket, read, text } = await dial(port)
  socket.pause()
  const next = post('next')
  socket.write(post('large') + next.slice(0, 30))
  await until(() => seen.taken === 1)
  await settle()
  socket.write(next.slice(30) + post('third'))
  await settle()
  socket.write(get('/v1/last'))
  await settle()
  // Nobody is served whose answer would have to wait too.
  expect(seen).toEqual({ taken: 1, done: 0, byNode: [] })
  socket.resume()
  await read('<>')
  expect(answersOf(text()).map(({ body }) => body.slice(0, 7))).toEqual([
    'xxxxxxx',
    '<next>',
    '<third>',
    '<>',
  ])
  expect(seen.byNode).toEqual(['GET /v1/last'])
})

test('a client that sends request after request and never reads an answer is stopped', async () => {
  const answer = 'x'.repeat(256 * 1024)
  const { port, seen, sockets } = await start((exchange: Exchange) => exchange.send(200, {}, answer))
  const { socket } = await dial(port)
  socket.pause()
  let sent = 0
  // What the system takes of the answers is not ours to hold.
  while (seen.taken === sent && sent < 400) {
    socket.write(post(''))
    sent += 1
    await settle()
  }
  expect(sent).toBeLessThan(400)
  expect(sockets[0]?.writableLength).toBeLessThan(2 * answer.length)
  socket.write(post('').repeat(5))
  socket.resume()
  await until(() => seen.done === sent + 5)
})

test('a client that sends requests all the time and reads nothing is not read either', async () => {
  const { port, seen, sockets } = await start(() => {})
  const { socket } = await dial(port)
  const requests = post('x'.repeat(1000)).repeat(100)
  let sent = 0
  while (socket.write(requests) || sent < 200) {
    sent += 1
    await settle(1)
    if (socket.writableLength > 1024 * 1024) break
  }
  expect(sent).toBeLessThan(200)
  expect(seen.taken).toBe(1)
  expect(sockets[0]?.readableLength).toBeLessThan(256 * 1024)
})
