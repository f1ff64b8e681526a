import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { ApiError } from '../http/api-error.ts'
import type { Exchange } from '../v1/exchange.ts'
import { createRequestBody } from './request-body.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A front whose exchanges the test takes one by one, and a connection to it. */
const start = async () => {
  const exchanges: Exchange[] = []
  const front = await startFront((exchange) => exchanges.push(exchange))
  open.push(front.close)
  const client = await dial(front.port)
  const next = async (): Promise<Exchange> => {
    await until(() => exchanges.length > 0)
    const exchange = exchanges.shift()
    if (exchange === undefined) throw new Error('There is none.')
    return exchange
  }
  return { ...front, ...client, next }
}

const mebibyte = 1024 * 1024
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const requestOf = (body: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n`),
    body,
  ])

test('bodies are read as they were sent, however they are cut and whenever they are asked for', async () => {
  const { socket, next, read } = await start()
  let count = 0
  const piece = fc.uint8Array({ maxLength: 40 })
  const when = fc.constantFrom('at once', 'later', 'never')
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 5 }), when, async (pieces, asked) => {
      const body = Buffer.concat(pieces)
      const head = requestOf(body).subarray(0, -body.length || undefined)
      socket.write(Buffer.concat([head, pieces[0] ?? new Uint8Array()]))
      const exchange = await next()
      const early = asked === 'at once' ? exchange.readBody(1000) : undefined
      for (const piece of pieces.slice(1)) {
        socket.write(piece)
        await settle(1)
      }
      if (asked === 'never') await exchange.dropBody()
      else expect(latin1(await (early ?? exchange.readBody(1000)))).toBe(latin1(body))
      count += 1
      exchange.send(200, {}, `${count};`)
      // The next one is read behind it.
      await read(`${count};`)
    }),
    { numRuns: 60 },
  )
})

test('a body that nobody reads yet holds up its client, and is there when it is asked for', async () => {
  const { socket, next, sockets, read } = await start()
  const body = Buffer.alloc(16 * mebibyte, 'abc')
  socket.write(requestOf(body))
  const exchange = await next()
  await settle()
  expect(sockets[0]?.isPaused()).toBe(true)
  expect(sockets[0]?.bytesRead).toBeLessThan(mebibyte)
  expect(Buffer.from(await exchange.readBody(16 * mebibyte)).equals(body)).toBe(true)
  socket.write(post('next'))
  exchange.send(200, {}, '')
  const behind = await next()
  expect(latin1(await behind.readBody(4))).toBe('next')
  behind.send(200, {}, 'last')
  await read('last')
})

test('a body that nobody wants is dropped, also one that is dropped again or was read', async () => {
  const { socket, next, read, text } = await start()
  for (const [at, body] of ['a', 'bc', 'x'.repeat(mebibyte)].entries()) {
    const request = post(body)
    socket.write(request.slice(0, -1))
    const exchange = await next()
    const dropped = exchange.dropBody()
    await settle(2)
    socket.write(request.slice(-1))
    await dropped
    await exchange.dropBody()
    exchange.send(200, {}, `${at};`)
    await read(`${at};`)
  }
  socket.write(post('read'))
  const exchange = await next()
  await exchange.readBody(4)
  await exchange.dropBody()
  exchange.send(200, {}, 'done')
  await read('done')
  expect(answersOf(text()).map(({ body }) => body)).toEqual(['0;', '1;', '2;', 'done'])
  expect(text()).not.toContain('connection: close')
})

const refusal = async (reading: Promise<unknown>) => {
  const error = await reading.catch((reason: unknown) => reason)
  if (!(error instanceof ApiError)) throw new Error(`It was not refused: ${error}`)
  return error
}

test('a body over the limit is a 413 once it was read, and leaves the next request where it is', async () => {
  const { socket, next, read, text } = await start()
  const request = post('x'.repeat(101))
  socket.write(request.slice(0, -1))
  const exchange = await next()
  const reading = refusal(exchange.readBody(100))
  await settle()
  socket.write(request.slice(-1) + post('next'))
  const error = await reading
  expect([error.status, error.headers]).toEqual([413, {}])
  await exchange.dropBody()
  exchange.send(413, error.headers, 'too large')
  const behind = await next()
  expect(latin1(await behind.readBody(100))).toBe('next')
  behind.send(200, {}, 'fine')
  await read('fine')
  expect(answersOf(text()).map(({ status }) => status)).toEqual([413, 200])
})

test('a body without an end in sight is refused at once, and ends its connection', async () => {
  const { socket, next, text, ended, seen } = await start()
  socket.write('POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n')
  const exchange = await next()
  const error = await refusal(exchange.readBody(100))
  expect([error.status, error.headers]).toEqual([413, { connection: 'close' }])
  await exchange.dropBody()
  // What it sends by then is not kept.
  socket.write(post('inner').repeat(100))
  await settle()
  exchange.send(404, {}, 'no')
  await ended()
  expect(answersOf(text())).toMatchObject([
    { status: 404, head: expect.stringContaining('connection: close') },
  ])
  expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
})

test('a body that took too long is given up at once, by whoever reads it then too', async () => {
  const body = createRequestBody(new Socket(), 10)
  const early = body.read(10)
  const reason = new Error('late')
  body.expire(reason)
  await expect(early).rejects.toBe(reason)
  await expect(body.read(10)).rejects.toBe(reason)
  await body.drop()
  expect(body.push(Buffer.from('0123456789POST'))).toBeUndefined()
  expect([body.isUnreadable(), body.isWhole()]).toEqual([true, false])
  const whole = createRequestBody(new Socket(), 2)
  expect(latin1(whole.push(Buffer.from('{}next')) ?? new Uint8Array())).toBe('next')
  whole.expire(reason)
  expect(whole.isUnreadable()).toBe(false)
  expect(latin1(await whole.read(2))).toBe('{}')
})

test('an answer that comes before all of its body ends its connection', async () => {
  const { socket, next, text, ended, seen } = await start()
  socket.write(post('body').slice(0, -1))
  ;(await next()).send(401, {}, 'who?')
  await ended()
  expect(answersOf(text())).toMatchObject([{ status: 401, body: 'who?' }])
  expect(seen.done).toBe(1)
})
