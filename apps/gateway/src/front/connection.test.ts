import { afterEach, expect, test } from 'vitest'
import { type Exchange, isClientGone } from '../v1/exchange.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A front that gives each exchange to the test. */
const start = async (...options: Parameters<typeof startFront> extends [unknown, ...infer R] ? R : never) => {
  const exchanges: Exchange[] = []
  const front = await startFront((exchange) => exchanges.push(exchange), ...options)
  open.push(front.close)
  /** The newest one, once there are so many. */
  const exchangeOf = async (count = 1): Promise<Exchange> => {
    await until(() => exchanges.length === count)
    const exchange = exchanges.at(-1)
    if (exchange === undefined) throw new Error('There is none.')
    return exchange
  }
  return { ...front, exchanges, exchangeOf }
}

const stream = { 'content-type': 'text/event-stream' }

type Client = Awaited<ReturnType<typeof dial>>['socket']

/** What clients do to go. */
const ways: [string, (socket: Client) => unknown][] = [
  ['closes its connection', (socket) => socket.destroy()],
  ['resets its connection', (socket) => socket.resetAndDestroy()],
  ['sends no more', (socket) => socket.end()],
]

/** Where an exchange may stand by then. */
const places: [string, string, (exchange: Exchange) => unknown][] = [
  ['before its body has come', post('body').slice(0, -4), () => {}],
  ['within its body', post('body').slice(0, -2), () => {}],
  ['before it is answered', post('body'), (exchange) => exchange.readBody(10)],
  ['when a head was given', post('body'), (exchange) => exchange.head(200, stream)],
  [
    'in the middle of a stream',
    post('body'),
    (exchange) => {
      exchange.head(200, stream)
      exchange.data('data: 1\n\n')
    },
  ],
]
const courses = ways.flatMap(([way, leave]) =>
  places.map(([place, request, serve]) => ({ way, place, leave, request, serve })),
)

test.each(courses)(
  'a client that $way $place frees what serves it',
  async ({ place, leave, request, serve }) => {
    const { port, seen, exchangeOf } = await start()
    const { socket, read, ended } = await dial(port)
    socket.write(request)
    const exchange = await exchangeOf()
    await serve(exchange)
    if (place === 'in the middle of a stream') await read('data: 1')
    const body = place.includes('body') ? exchange.readBody(10).catch((error: unknown) => error) : undefined
    expect(exchange.signal.aborted).toBe(false)
    leave(socket)
    await until(() => exchange.signal.aborted)
    expect(isClientGone(exchange.signal)).toBe(true)
    if (body !== undefined) expect(await body).toBe(exchange.signal.reason)
    await until(() => seen.done === 1)
    // Whoever still writes writes to nobody, and waits for nobody.
    exchange.head(200, stream)
    expect(exchange.data('more')).toBe(true)
    await exchange.ready()
    await exchange.dropBody()
    exchange.end()
    exchange.send(200, {}, 'again')
    exchange.cut()
    await settle()
    await ended()
    expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
  },
)

test('a body that is asked for when its client has left is no body', async () => {
  const { port, exchangeOf, seen } = await start()
  const { socket } = await dial(port)
  socket.write(post('body').slice(0, -2))
  const exchange = await exchangeOf()
  socket.destroy()
  await until(() => seen.done === 1)
  await expect(exchange.readBody(10)).rejects.toBe(exchange.signal.reason)
})

test('an answer that was given before its client sent no more goes out', async () => {
  const exchanges: Exchange[] = []
  const { port, seen, close, sockets } = await startFront((exchange) => {
    if (exchanges.push(exchange) > 1) exchange.send(200, {}, 'answer')
  })
  open.push(close)
  const { socket, text, ended } = await dial(port)
  socket.write(post('one'))
  await until(() => exchanges.length === 1)
  // So long that its end is read, with the end of all, only after it was answered.
  socket.end(post('x'.repeat(100_000)))
  await until(() => sockets[0]?.isPaused() === true && sockets[0].readableLength > 0)
  await settle()
  exchanges[0]?.send(200, {}, '')
  await ended()
  expect(answersOf(text()).map(({ body }) => body)).toEqual(['', 'answer'])
  expect(seen).toEqual({ taken: 2, done: 2, byNode: [] })
})

test('a client that sends no more still gets all of an answer that it reads slowly', async () => {
  const { port, seen, exchangeOf } = await start()
  const { socket, text, ended } = await dial(port)
  socket.pause()
  socket.write(post('body'))
  const exchange = await exchangeOf()
  exchange.send(200, {}, 'x'.repeat(24 * 1024 * 1024))
  await settle()
  expect(seen.done).toBe(0)
  socket.end()
  await settle()
  socket.resume()
  await ended()
  expect(answersOf(text())[0]?.body).toHaveLength(24 * 1024 * 1024)
  expect(seen.done).toBe(1)
})

test('a request counts until its answer is with the system, or its client gone', async () => {
  const { port, seen, exchangeOf } = await start()
  const reader = await dial(port)
  const leaver = await dial(port)
  for (const [at, { socket }] of [reader, leaver].entries()) {
    socket.pause()
    socket.write(post('body'))
    const exchange = await exchangeOf(at + 1)
    exchange.send(200, {}, 'x'.repeat(24 * 1024 * 1024))
    await settle()
    expect(exchange.signal.aborted).toBe(false)
  }
  expect(seen.done).toBe(0)
  reader.socket.resume()
  await until(() => seen.done === 1)
  leaver.socket.destroy()
  await until(() => seen.done === 2)
  await settle()
  expect(seen).toEqual({ taken: 2, done: 2, byNode: [] })
})

test('nothing that comes behind a last answer is served', async () => {
  const { port, seen, exchangeOf } = await start()
  const { socket, text, ended } = await dial(port)
  socket.pause()
  socket.write(post('one') + post('two'))
  const exchange = await exchangeOf()
  exchange.send(200, { connection: 'close' }, 'x'.repeat(24 * 1024 * 1024))
  await settle()
  // It has not read the answer yet, so the connection is still there.
  socket.write(post('three'))
  await settle()
  socket.write(`GET /v1/four HTTP/1.1\r\nhost: a\r\n\r\n`)
  await settle()
  socket.resume()
  await ended()
  expect(answersOf(text())).toHaveLength(1)
  expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
})

test('what is left of a body that nobody waited for is no request', async () => {
  const { port, seen, exchangeOf } = await start()
  const { socket, text, ended } = await dial(port)
  const inner = post('inner')
  const request = post('x'.repeat(100) + inner.repeat(5))
  socket.pause()
  socket.write(request.slice(0, 150))
  const exchange = await exchangeOf()
  exchange.send(200, {}, 'x'.repeat(24 * 1024 * 1024))
  await settle()
  socket.write(request.slice(150, -inner.length * 5))
  await settle()
  socket.write(request.slice(-inner.length * 5))
  await settle()
  socket.resume()
  await ended()
  expect(answersOf(text())).toHaveLength(1)
  expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
})

test('an exchange that gives up says why to whoever waits for its body or its reader', async () => {
  const { port, exchangeOf, seen } = await start()
  const { socket, read, text } = await dial(port)
  socket.write(post('body').slice(0, -2))
  const exchange = await exchangeOf()
  const body = exchange.readBody(10)
  const reason = new Error('The gateway is shutting down.')
  exchange.abort(reason)
  await expect(body).rejects.toBe(reason)
  expect(exchange.signal.reason).toBe(reason)
  expect(isClientGone(exchange.signal)).toBe(false)
  const dropped = exchange.dropBody()
  socket.write('dy')
  await dropped
  exchange.send(503, {}, 'later')
  await read('later')
  socket.write(post('next'))
  ;(await exchangeOf(2)).send(200, {}, 'fine')
  await read('fine')
  expect(answersOf(text()).map(({ status }) => status)).toEqual([503, 200])
  expect(seen).toEqual({ taken: 2, done: 2, byNode: [] })
})

test('a connection that is cut ends without an end of its answer, and a whole answer stays one', async () => {
  const { port, exchangeOf, seen } = await start()
  const broken = await dial(port)
  broken.socket.write(post('body'))
  const first = await exchangeOf()
  first.head(200, stream)
  first.data('data: 1\n\n')
  await broken.read('data: 1')
  first.data('data: 2\n\n')
  first.cut()
  await broken.ended()
  expect(() => answersOf(broken.text())).toThrow('No chunk')
  const whole = await dial(port)
  whole.socket.write(post('body'))
  const second = await exchangeOf(2)
  second.head(200, stream)
  second.data('data: 1\n\n')
  second.end()
  second.cut()
  await whole.read('0\r\n\r\n')
  expect(answersOf(whole.text())).toMatchObject([{ body: 'data: 1\n\n' }])
  expect(seen).toEqual({ taken: 2, done: 2, byNode: [] })
})
