import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { createTransportErrors } from './http/transport-errors.ts'
import { listen } from './server.ts'
import { createTestApp } from './test-app.ts'

/** Writes raw bytes to a real server and reads until it closes the connection. */
const exchange = async (...requests: string[]): Promise<string[]> => {
  const { app, v1, deps } = createTestApp()
  const errors = createTransportErrors(deps.log, deps.newRequestId)
  const server = await listen({ app, v1, errors }, { host: '127.0.0.1', port: 0 })
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
  const [answer = ''] = await exchange('GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  expect(answer.startsWith('HTTP/1.1 200 OK')).toBe(true)
  expect(answer.endsWith('{"status":"ok"}')).toBe(true)
})

const chunked = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`
const last = 'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'

test.each([
  ['over the limit', `${post}transfer-encoding: chunked\r\n\r\n${chunked(5 * 1024 * 1024)}`, 413],
  [
    'that is refused unread',
    `PUT /api/sessions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunked(1024 * 1024)}`,
    405,
  ],
])('after a body %s the connection serves the next request, as it says', async (_name, request, status) => {
  const [answer = ''] = await exchange(request + last)
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
