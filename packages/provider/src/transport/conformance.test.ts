import { afterEach, describe, expect, test } from 'vitest'
import {
  call,
  chunk,
  chunkedHead,
  createWireServers,
  settled,
  spoilLentBytes,
  transports,
  whole,
} from './test-support.ts'

spoilLentBytes()
const { serve, closeAll } = createWireServers()
afterEach(closeAll)

describe.each(transports)('%s', (_name, make) => {
  test('sends the request as it is, and asks for no compression', async () => {
    const server = await serve(({ send }) => send(whole('200 OK', '')))
    for (const body of ['{"a":"ü"}', new TextEncoder().encode('x'.repeat(20_000))]) {
      const { ends, dispatched } = call(make(), `${server.origin}/v1/x?a=b%20c#d`, {
        request: { body, headers: { authorization: 'Bearer k', 'Accept-Encoding': 'gzip' } },
      })
      await dispatched
      expect(ends).toEqual(['end'])
      const request = server.requests.at(-1)
      const lines = request?.head.toLowerCase().split('\r\n') ?? []
      expect(request?.head).toMatch(/^POST \/v1\/x\?a=b%20c HTTP\/1\.1\r\n/)
      expect(lines.filter((line) => line.startsWith('accept-encoding'))).toEqual([
        'accept-encoding: identity',
      ])
      expect(lines).toContain('authorization: bearer k')
      expect(lines).toContain(`content-length: ${Buffer.byteLength(body)}`)
      expect(request?.body).toBe(Buffer.from(body).toString('latin1'))
    }
  })

  test('a request without a body has none', async () => {
    const server = await serve(({ send }) => send(whole('200 OK', 'ok')))
    const request = { method: 'GET', body: undefined } as const
    const { chunks, dispatched } = call(make(), `${server.origin}/v1/models`, { request })
    await dispatched
    expect(chunks.join('')).toBe('ok')
    expect(server.requests[0]?.head).toMatch(/^GET \/v1\/models HTTP/)
    expect(server.requests[0]?.head).not.toMatch(/content-length|transfer-encoding/i)
  })

  test('hands on status and headers: names in lower case, repeated ones joined', async () => {
    const headers = ['X-Name: A', 'Warn: 1', 'WARN: 2', 'x-latin: \xfc', 'x-empty:', '__proto__: x']
    const server = await serve(({ socket }) =>
      socket.write(whole('418 Teapot', 'short', ...headers), 'latin1'),
    )
    const made = await settled(call(make(), server.origin))
    expect(made.status).toBe(418)
    const expected = { 'content-length': '5', 'x-name': 'A', warn: '1, 2', 'x-latin': '\xfc', 'x-empty': '' }
    expect(made.headers).toEqual(expected)
    expect([made.chunks.join(''), made.ends]).toEqual(['short', ['end']])
  })

  test.for(['204 No Content', '304 Not Modified', '200 OK'])('%s without a body ends', async (status) => {
    const server = await serve(({ send }) =>
      send(`HTTP/1.1 ${status}\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n`),
    )
    const { chunks, ends } = await settled(call(make(), server.origin))
    expect([chunks, ends]).toEqual([[], ['end']])
  })

  test('a body comes piece by piece, as it is sent', async () => {
    const server = await serve()
    const { untilHead, untilText, chunks, ends, dispatched } = call(make(), server.origin)
    const request = await server.next()
    request.send(chunkedHead)
    await untilHead()
    request.send(chunk('data: 1\n\n'))
    await untilText('data: 1\n\n')
    request.send(chunk('data: 2\n\n'))
    await untilText('data: 2\n\n')
    expect(ends).toEqual([])
    request.send('0\r\n\r\n')
    await dispatched
    expect(chunks).toEqual(['data: 1\n\n', 'data: 2\n\n'])
    expect(ends).toEqual(['end'])
  })

  test('a body may end with its connection', async () => {
    const server = await serve(({ send, socket }) => {
      send('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it')
      socket.end()
    })
    const { chunks, ends } = await settled(call(make(), server.origin))
    expect([chunks.join(''), ends]).toEqual(['all of it', ['end']])
  })

  test.for([301, 302, 303, 307, 308])('a %i is handed on and not followed', async (code) => {
    const elsewhere = await serve()
    const server = await serve(({ send }) =>
      send(whole(`${code} Elsewhere`, '', `location: ${elsewhere.origin}/x`)),
    )
    const { status, headers, ends } = await settled(call(make(), server.origin))
    expect([status, headers?.location, ends]).toEqual([code, `${elsewhere.origin}/x`, ['end']])
    expect(server.requests).toHaveLength(1)
    expect(elsewhere.connections()).toBe(0)
  })

  test('what comes before the answer is no answer', async () => {
    const early =
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\nx-early: 1\r\n\r\n'
    const server = await serve(({ send }) => send(early + whole('200 OK', 'late')))
    const { status, headers, chunks } = await settled(call(make(), server.origin))
    expect([status, headers, chunks.join('')]).toEqual([200, { 'content-length': '4' }, 'late'])
  })

  test('one connection serves one request after another', async () => {
    const server = await serve(({ send, nth }) => send(whole('200 OK', String(nth))))
    const transport = make()
    for (const nth of ['1', '2', '3']) {
      const { chunks } = await settled(call(transport, server.origin))
      expect(chunks.join('')).toBe(nth)
      // A connection is free again a turn after its answer has ended.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(server.connections()).toBe(1)
  })

  test('requests at the same time do not wait for each other', async () => {
    const server = await serve()
    const transport = make()
    const calls = [
      call(transport, server.origin),
      call(transport, server.origin),
      call(transport, server.origin),
    ]
    const requests = await Promise.all(calls.map(() => server.next()))
    for (const [index, { send }] of requests.reverse().entries()) send(whole('200 OK', String(index)))
    const answers = await Promise.all(calls.map(settled))
    expect(answers.map(({ chunks }) => chunks.join('')).sort()).toEqual(['0', '1', '2'])
  })
})
