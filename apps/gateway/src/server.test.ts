import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTransportErrors } from './http/transport-errors.ts'
import { listen } from './server.ts'
import { createTestApp } from './test-app.ts'
import type { Exchange } from './v1/exchange.ts'

/** Writes raw bytes to a real server and reads until it closes the connection. */
const exchange = (...requests: string[]): Promise<string[]> => exchangeWith(createTestApp(), ...requests)

const exchangeWith = async (
  { loadApp, v1, deps }: Pick<ReturnType<typeof createTestApp>, 'loadApp' | 'v1' | 'deps'>,
  ...requests: string[]
): Promise<string[]> => {
  const errors = createTransportErrors(deps.log, deps.newRequestId)
  const server = await listen({ loadApp, v1, errors }, { host: '127.0.0.1', port: 0 })
  const { port } = new URL(server.url)
  const ask = (request: string) =>
    new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(request))
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => (text += chunk))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
  const answers = await Promise.all(requests.map(ask))
  await server.close(1000)
  return answers
}

const livez = 'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'
const post = 'POST /api/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'

test.each([
  ['what is no HTTP', 'nonsense\r\n\r\n', 400],
  ['a head that is too large', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a broken chunk', `${post}transfer-encoding: chunked\r\n\r\nZZ\r\n`, 400],
  ['two lengths', `${post}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`, 400],
  ['no host', 'GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
  ['a host that is none', 'GET /livez HTTP/1.1\r\nhost: a/b?c\r\nconnection: close\r\n\r\n', 400],
  ['a path that is none', 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 400],
  ['an expectation', `${post}expect: banana\r\ncontent-length: 2\r\n\r\n`, 417],
])('%s is refused in the JSON form, with an id', async (_name, request, status) => {
  const [answer = ''] = await exchange(request)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(JSON.parse(body)).toEqual({
    error: {
      type: 'invalid_request_error',
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.any(String),
      request_id: /x-request-id: (\S+)/.exec(head)?.[1],
    },
  })
})

test('a request that is well formed reaches the app', async () => {
  const [answer = ''] = await exchange(livez)
  expect(answer.startsWith('HTTP/1.1 200 OK')).toBe(true)
  expect(answer.endsWith('{"status":"ok"}')).toBe(true)
})

test('the app is loaded once, by the first requests that are for it', async () => {
  const gateway = createTestApp()
  let loads = 0
  const loadApp = async () => {
    loads += 1
    await setImmediate()
    return gateway.app
  }
  await exchangeWith({ ...gateway, loadApp }, livez.replace('/livez', '/v1/models'))
  expect(loads).toBe(0)
  const answers = await exchangeWith({ ...gateway, loadApp }, livez, livez, livez)
  for (const answer of answers) expect(answer.endsWith('{"status":"ok"}')).toBe(true)
  expect(loads).toBe(1)
})

test('an app that cannot be loaded is an error in the JSON form and in the log, and is tried again', async () => {
  const gateway = createTestApp()
  let loads = 0
  const loadApp = async () => {
    loads += 1
    if (loads === 1) throw new Error('a file is gone')
    return gateway.app
  }
  const server = await listen(
    { loadApp, v1: gateway.v1, errors: createTransportErrors(gateway.deps.log, () => 'req_1') },
    { host: '127.0.0.1', port: 0 },
  )
  const failed = await fetch(`${server.url}/livez`)
  expect([failed.status, failed.headers.get('connection')]).toEqual([500, 'close'])
  expect(await failed.json()).toMatchObject({
    error: { type: 'api_error', code: 'internal_error', request_id: 'req_1' },
  })
  expect(gateway.lines.join('')).toContain('a file is gone')
  expect(await (await fetch(`${server.url}/livez`)).json()).toEqual({ status: 'ok' })
  await server.close(0)
})

const chunked = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`

test.each([
  ['over the limit', `${post}transfer-encoding: chunked\r\n\r\n${chunked(5 * 1024 * 1024)}`, 413],
  [
    'that is refused unread',
    `PUT /api/sessions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunked(1024 * 1024)}`,
    405,
  ],
])('after a body %s the connection serves the next request, as it says', async (_name, request, status) => {
  const [answer = ''] = await exchange(request + livez)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer.slice(0, answer.indexOf('\r\n\r\n'))).not.toMatch(/connection: close/i)
  expect(answer.endsWith('{"status":"ok"}')).toBe(true)
})

test.each([
  ['POST', 413],
  ['PUT', 405],
])(
  'a body that is too long to wait for ends the connection, and the answer to %s says so',
  async (method, status) => {
    const request = `${post.replace('POST', method)}content-length: 1000000000\r\n\r\n`
    const [answer = ''] = await exchange(request)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toMatch(/connection: close/i)
  },
)

/** A server whose every answer is so many bytes, and a client that does not read it yet. */
const serveBytes = async (size: number) => {
  const { deps } = createTestApp()
  const ended = Promise.withResolvers<void>()
  const v1 = {
    async handle({ head, data, end }: Exchange) {
      head(200, { 'content-type': 'application/json' })
      data(new Uint8Array(size))
      end()
      ended.resolve()
    },
  }
  const loadApp = () => Promise.reject(new Error('It is not needed.'))
  const errors = createTransportErrors(deps.log, deps.newRequestId)
  const server = await listen({ loadApp, v1, errors }, { host: '127.0.0.1', port: 0 })
  let read = 0
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('data', (bytes) => (read += bytes.length)).pause()
  socket.write('GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await ended.promise
  return { server, socket, read: () => read }
}

test('a server that closes lets a slow client have all of an answer that has ended', async () => {
  const size = 16 * 1024 * 1024
  const { server, socket, read } = await serveBytes(size)
  const closed = server.close(10_000)
  await setImmediate()
  socket.resume()
  await closed
  await once(socket, 'close')
  expect(read()).toBeGreaterThan(size)
})

test('a server that closes cuts a client that never reads', async () => {
  const size = 16 * 1024 * 1024
  const { server, socket, read } = await serveBytes(size)
  await server.close(50)
  socket.resume()
  await once(socket, 'close')
  expect(read()).toBeLessThan(size)
})
