import { expect, test } from 'vitest'
import { createWebExchange } from './web-exchange.ts'

const make = (init: RequestInit & { duplex?: 'half' } = {}) =>
  createWebExchange(new Request('http://127.0.0.1:8787/v1/models/a%2Fb?limit=2&x=%20', init))

const stream = { 'content-type': 'text/event-stream' }

test('path, query and headers are as they were sent', () => {
  const { exchange } = make({ headers: { 'X-Api-Key': 'k' } })
  expect(exchange).toMatchObject({ method: 'GET', path: '/v1/models/a%2Fb', query: 'limit=2&x=%20' })
  expect(exchange.headers).toEqual({ 'x-api-key': 'k' })
})

test('the response is there with its head, and its body as it is written', async () => {
  const { exchange, response } = make()
  exchange.head(200, stream)
  const { status, headers, body } = await response
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  exchange.data('data: ✓\n\n')
  const lent = new TextEncoder().encode('data: 2\n\n')
  exchange.data(lent)
  lent.fill(0)
  expect((await reader?.read())?.value).toBe('data: ✓\n\n')
  expect((await reader?.read())?.value).toBe('data: 2\n\n')
  exchange.end()
  expect((await reader?.read())?.done).toBe(true)
})

test('a writer is asked to wait while nobody reads, and goes on when somebody does', async () => {
  const { exchange, response } = make()
  exchange.head(200, stream)
  const piece = new Uint8Array(20_000)
  let written = 0
  while (exchange.data(piece)) written += piece.length
  expect(written).toBeLessThan(100_000)
  let isReady = false
  const ready = exchange.ready().then(() => {
    isReady = true
  })
  await new Promise(setImmediate)
  expect(isReady).toBe(false)
  const reader = (await response).body?.getReader()
  while (!isReady) {
    await reader?.read()
    await new Promise(setImmediate)
  }
  await ready
})

test('who cancels the body has left, and a writer that waits is let go', async () => {
  const { exchange, response } = make()
  exchange.head(200, stream)
  while (exchange.data(new Uint8Array(20_000)));
  const ready = exchange.ready()
  await (await response).body?.cancel()
  expect(exchange.signal.aborted).toBe(true)
  await ready
  expect(exchange.data('more')).toBe(true)
  exchange.end()
})

test('a request that is aborted has left, also before there is an answer', async () => {
  const leaving = new AbortController()
  const { exchange, response } = make({ signal: leaving.signal })
  leaving.abort()
  expect(exchange.signal.reason).toBeInstanceOf(DOMException)
  exchange.cut()
  expect((await response).status).toBe(499)
  const late = make({ signal: leaving.signal })
  expect(late.exchange.signal.aborted).toBe(true)
})

test('an answer that is cut is broken for its reader', async () => {
  const { exchange, response } = make()
  exchange.head(200, stream)
  exchange.data('data: 1\n\n')
  exchange.cut()
  await expect((await response).text()).rejects.toThrow('broke off')
})

test('a body is read under its limit, and one that is dropped leaves the connection usable', async () => {
  const body = (text: string) =>
    make({ method: 'POST', body: text, headers: { 'content-type': 'x' } }).exchange
  expect(await body('12345').readBody(5)).toEqual(new TextEncoder().encode('12345'))
  await expect(body('123456').readBody(5)).rejects.toMatchObject({ status: 413, headers: {} })
  const { exchange, response } = make({ method: 'POST', body: 'x'.repeat(1000) })
  await exchange.dropBody()
  exchange.send(401, {}, '')
  expect((await response).headers.has('connection')).toBe(false)
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
  })
  const huge = make({ method: 'POST', body: endless, duplex: 'half' })
  await huge.exchange.dropBody()
  huge.exchange.send(401, {}, '')
  expect((await huge.response).headers.get('connection')).toBe('close')
})
