import { afterEach, expect, test } from 'vitest'
import { createTransportErrors } from '../http/transport-errors.ts'
import { listen } from '../server.ts'
import { createTestApp } from '../test-app.ts'
import { type Exchange, isClientGone } from '../v1/exchange.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const stream = { 'content-type': 'text/event-stream' }

/** A front that keeps its exchanges for the test. */
const start = async () => {
  const exchanges: Exchange[] = []
  const front = await startFront((exchange) => exchanges.push(exchange))
  open.push(front.close)
  return { ...front, exchanges }
}

/** A whole server that does. */
const startServer = async () => {
  const { loadApp, deps } = createTestApp()
  const exchanges: Exchange[] = []
  const v1 = {
    async handle(exchange: Exchange) {
      exchanges.push(exchange)
    },
  }
  const errors = createTransportErrors(deps.log, deps.newRequestId)
  const server = await listen({ loadApp, v1, errors }, { host: '127.0.0.1', port: 0 })
  open.push(() => server.close(0))
  return { server, port: Number(new URL(server.url).port), exchanges }
}

test('a front that closes ends the connections on which nothing is answered', async () => {
  const { front, port, exchanges, seen } = await start()
  const fresh = await dial(port)
  const used = await dial(port)
  used.socket.write(post('one'))
  await until(() => exchanges.length === 1)
  exchanges[0]?.send(200, {}, 'answer')
  await used.read('answer')
  front.close()
  await fresh.ended()
  await used.ended()
  expect(answersOf(used.text())).toHaveLength(1)
  expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
})

test('a front that closes makes the answers that run the last ones, whether they have begun or not', async () => {
  const { front, port, exchanges, seen } = await start()
  const waiting = await dial(port)
  waiting.socket.write(post('one') + post('two'))
  await until(() => exchanges.length === 1)
  const begun = await dial(port)
  begun.socket.write(post('three') + post('four'))
  await until(() => exchanges.length === 2)
  const [first, second] = exchanges
  second?.head(200, stream)
  second?.data('data: 1\n\n')
  await begun.read('data: 1')
  front.close()
  await settle()
  first?.send(200, {}, 'answer')
  second?.data('data: 2\n\n')
  second?.end()
  await waiting.ended()
  await begun.ended()
  const [answer, ...none] = answersOf(waiting.text())
  expect([answer?.body, none]).toEqual(['answer', []])
  expect(answer?.head).toContain('\r\nconnection: close')
  expect(answersOf(begun.text()).map(({ body }) => body)).toEqual(['data: 1\n\ndata: 2\n\n'])
  expect(seen).toEqual({ taken: 2, done: 2, byNode: [] })
})

test('a front that closes lets a client read to the end what it was answered', async () => {
  const { front, port, exchanges } = await start()
  const { socket, text, ended } = await dial(port)
  socket.pause()
  socket.write(post('one'))
  await until(() => exchanges.length === 1)
  exchanges[0]?.send(200, {}, 'x'.repeat(24 * 1024 * 1024))
  await settle()
  front.close()
  socket.write(post('two'))
  await settle()
  socket.resume()
  await ended()
  expect(answersOf(text())[0]?.body).toHaveLength(24 * 1024 * 1024)
  expect(exchanges).toHaveLength(1)
})

test('a front that cuts ends everything at once, and counts it', async () => {
  const { front, port, exchanges, seen } = await start()
  const clients = await Promise.all([dial(port), dial(port), dial(port), dial(port)])
  const [, asking, reading, slow] = clients
  asking?.socket.write(post('one').slice(0, -1))
  await until(() => exchanges.length === 1)
  reading?.socket.write(post('two'))
  await until(() => exchanges.length === 2)
  exchanges[1]?.head(200, stream)
  exchanges[1]?.data('data: 1\n\n')
  await reading?.read('data: 1')
  slow?.socket.pause().write(post('three'))
  await until(() => exchanges.length === 3)
  exchanges[2]?.send(200, {}, 'x'.repeat(24 * 1024 * 1024))
  await settle()
  expect(seen.done).toBe(0)
  front.cut()
  await until(() => seen.done === 3)
  slow?.socket.resume()
  for (const { ended } of clients) await ended()
  for (const exchange of exchanges.slice(0, 2)) expect(isClientGone(exchange.signal)).toBe(true)
  expect(seen).toEqual({ taken: 3, done: 3, byNode: [] })
})

test('a server that closes waits for what the front answers, and for slow clients', async () => {
  const { server, port, exchanges } = await startServer()
  const idle = await dial(port)
  const asking = await dial(port)
  asking.socket.write(post('one'))
  const slow = await dial(port)
  slow.socket.pause().write(post('two'))
  await until(() => exchanges.length === 2)
  let isClosed = false
  const closed = server.close(60_000).then(() => {
    isClosed = true
  })
  for (const { send, readBody } of exchanges) {
    const isLong = Buffer.from(await readBody(10)).toString() === 'two'
    send(200, {}, isLong ? 'x'.repeat(24 * 1024 * 1024) : 'answer')
  }
  await asking.read('answer')
  await settle()
  expect(isClosed).toBe(false)
  slow.socket.resume()
  await closed
  for (const { ended } of [idle, asking, slow]) await ended()
  expect(answersOf(slow.text())[0]?.body).toHaveLength(24 * 1024 * 1024)
})

test('a server that closes cuts what takes longer than it may', async () => {
  const { server, port, exchanges } = await startServer()
  const { socket, ended, text } = await dial(port)
  socket.write(post('one'))
  await until(() => exchanges.length === 1)
  await server.close(20)
  await ended()
  expect(text()).toBe('')
  await until(() => exchanges[0]?.signal.aborted === true)
})

test('a server closes whether its connections are with the front or with Node', async () => {
  const { server, port, exchanges } = await startServer()
  const { socket, ended, read, text } = await dial(port)
  for (const [at, request] of [
    post('one'),
    `GET /v1/two HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    post('three'),
  ].entries()) {
    socket.write(request)
    await until(() => exchanges.length === at + 1)
    exchanges[at]?.send(200, {}, `${at};`)
    await read(`${at};`)
  }
  await server.close(60_000)
  await ended()
  expect(answersOf(text()).map(({ body }) => body)).toEqual(['0;', '1;', '2;'])
})
