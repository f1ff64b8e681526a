import { afterEach, describe, expect, test } from 'vitest'
import type { TransportSink } from '../types/transport.ts'
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

const network = expect.objectContaining({ name: 'ProviderError', code: 'network' })
const badResponse = expect.objectContaining({ name: 'ProviderError', code: 'bad-response' })

/** A sink that asks for a pause after each chunk. */
const pausing = () => {
  let go = () => {}
  const sink: Partial<TransportSink> = {
    data: () => false,
    ready: () =>
      new Promise((resolve) => {
        go = resolve
      }),
  }
  return { sink, resume: () => go() }
}

/** Settles once `read` has given the same value for a while: nothing moves any more. */
const untilStill = async (read: () => number): Promise<number> => {
  let last = read()
  for (let same = 0; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    same = read() === last ? same + 1 : 0
    last = read()
  }
  return last
}

describe.each(transports)('%s', (name, make) => {
  test('an abort before the head closes the connection and is handed on as it is', async () => {
    const server = await serve()
    const controller = new AbortController()
    const reason = { because: 'client left' }
    const { ends, dispatched } = call(make(), server.origin, { signal: controller.signal })
    const request = await server.next()
    controller.abort(reason)
    await dispatched
    await request.closed
    expect(ends).toEqual([reason])
    expect(ends[0]).toBe(reason)
  })

  test('an abort in the middle of an idle body closes the connection', async () => {
    const server = await serve()
    const controller = new AbortController()
    const made = call(make(), server.origin, { signal: controller.signal })
    const request = await server.next()
    request.send(chunkedHead + chunk('one'))
    await made.untilText('one')
    controller.abort('client left')
    await made.dispatched
    await request.closed
    expect([made.chunks, made.ends]).toEqual([['one'], ['client left']])
  })

  test('an abort within the sink ends it there', async () => {
    const server = await serve()
    const controller = new AbortController()
    const data = () => {
      controller.abort('enough')
      return true
    }
    const made = call(make(), server.origin, { signal: controller.signal, sink: { data } })
    const request = await server.next()
    request.send(chunkedHead + chunk('one') + chunk('two'))
    await made.dispatched
    await request.closed
    expect(made.ends).toEqual(['enough'])
    expect(made.chunks).toHaveLength(1)
  })

  test('an abort after the end is nothing', async () => {
    const server = await serve(({ send, nth }) => send(whole('200 OK', String(nth))))
    const controller = new AbortController()
    const made = await settled(call(make(), server.origin, { signal: controller.signal }))
    controller.abort('late')
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(made.ends).toEqual(['end'])
  })

  test('nothing is sent for a signal that is aborted already', async () => {
    const server = await serve()
    const { ends } = await settled(call(make(), server.origin, { signal: AbortSignal.abort('early') }))
    expect(ends).toEqual(['early'])
    expect(server.connections()).toBe(0)
  })

  test('while the sink pauses nothing is handed on, and the upstream is held back', async () => {
    const server = await serve()
    const { sink, resume } = pausing()
    const made = call(make(), server.origin, { sink })
    const request = await server.next()
    const size = 64 * 1024 * 1024
    request.send(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`)
    const block = new Uint8Array(65_536)
    let written = 0
    const write = () => {
      while (written < size) {
        written += block.byteLength
        if (!request.socket.write(block)) return
      }
    }
    request.socket.on('drain', write)
    write()
    await made.untilHead()
    // Sockets and the kernel take some megabytes; an unbounded buffer would take all.
    expect(await untilStill(() => written)).toBeLessThan(size / 2)
    const held = made.chunks.length
    expect(made.chunks.join('').length).toBeLessThanOrEqual(131_072)
    resume()
    await untilStill(() => made.chunks.length)
    expect(made.chunks.length).toBeGreaterThan(held)
    expect(made.chunks.length).toBeLessThanOrEqual(held + 2)
  })

  test('an abort while the sink pauses closes the connection', async () => {
    const server = await serve()
    const controller = new AbortController()
    const made = call(make(), server.origin, { signal: controller.signal, sink: pausing().sink })
    const request = await server.next()
    request.send(chunkedHead + chunk('one'))
    await made.untilText('one')
    controller.abort('enough')
    await made.dispatched
    await request.closed
    expect(made.ends).toEqual(['enough'])
  })

  test('nobody listening is a network error that names the host and nothing of the path', async () => {
    const server = await serve()
    await server.close()
    const { ends } = await settled(call(make(), `${server.origin}/v1/x?key=secret`))
    expect(ends).toEqual([network])
    expect(String(ends[0])).toContain(server.origin.replace('http://', ''))
    expect(String(ends[0])).toContain('ECONNREFUSED')
    expect(String(ends[0])).not.toContain('secret')
  })

  test.for([
    ['a reset before the head', '', 'reset'],
    ['an end before the head', '', 'end'],
    ['a reset within the head', 'HTTP/1.1 200 OK\r\nx-a', 'reset'],
    ['a reset within a chunked body', chunkedHead + chunk('part'), 'reset'],
    ['an end within a chunked body', chunkedHead + chunk('part'), 'end'],
    ['an end within a body of known length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart', 'end'],
    [
      'an end within the last body of a connection',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\npart',
      'end',
    ],
  ] as const)('%s is a network error', async ([, bytes, how]) => {
    const server = await serve()
    const made = call(make(), server.origin)
    const { send, socket } = await server.next()
    if (bytes !== '') send(bytes)
    if (bytes.endsWith('part')) await made.untilHead()
    if (bytes.includes('part')) await made.untilText('part')
    if (how === 'end') socket.end()
    else socket.resetAndDestroy()
    await made.dispatched
    expect(made.ends).toEqual([network])
  })

  test.for([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a null byte in a header', 'HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 0\r\n\r\n'],
    ['a line end in a header', 'HTTP/1.1 200 OK\r\nx-a: b\rx-evil: 1\r\ncontent-length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a length and chunks', `${chunkedHead.slice(0, -2)}content-length: 3\r\n\r\n${chunk('abc')}0\r\n\r\n`],
    ['a chunk without a size', `${chunkedHead}xyz\r\nabc\r\n`],
    ['headers without an end', `HTTP/1.1 200 OK\r\n${`x-a: ${'b'.repeat(1000)}\r\n`.repeat(70)}\r\n`],
  ])('%s is a bad response', async ([, bytes]) => {
    const server = await serve(({ send }) => send(bytes ?? ''))
    const made = await settled(call(make(), server.origin))
    expect(made.ends).toEqual([badResponse])
    expect(Object.keys(made.headers ?? {})).not.toContain('x-evil')
    await server.requests[0]?.closed
  })

  test('a header over several lines splits nothing', async () => {
    const folded = 'HTTP/1.1 200 OK\r\nx-a: b\r\n x-evil: 1\r\ncontent-length: 0\r\n\r\n'
    const server = await serve(({ send }) => send(folded))
    const { headers = {}, ends } = await settled(call(make(), server.origin))
    expect(ends).toHaveLength(1)
    expect(JSON.stringify(headers)).not.toMatch(/\\[rn]|"x-evil"/)
  })

  // undici takes none, with which `fetch` of Node goes along; servers send one only to those who ask. What is our own
  // skips it, as https://www.rfc-editor.org/rfc/rfc9110#section-15.2 asks.
  test('a 100 that nobody asked for breaks the answer, or is none', async () => {
    const server = await serve(({ send }) => send(`HTTP/1.1 100 Continue\r\n\r\n${whole('200 OK', 'late')}`))
    const { status, ends } = await settled(call(make(), server.origin))
    expect([status, ends]).toEqual(name === 'node' ? [200, ['end']] : [undefined, [network]])
  })

  test('a second answer that nobody asked for reaches nobody', async () => {
    const server = await serve(({ send, nth }) => send(whole('200 OK', `answer ${nth}`).repeat(2)))
    const transport = make()
    for (let request = 0; request < 3; request += 1) {
      const { chunks, ends } = await settled(call(transport, server.origin))
      expect([chunks.join(''), ends]).toEqual(['answer 1', ['end']])
      await server.requests.at(-1)?.closed
    }
  })

  test.for([
    ['a name', { 'x-a\r\nx-evil': '1' }],
    ['a value', { 'x-a': 'b\r\nx-evil: secret' }],
    ['a value with a null byte', { 'x-a': 'b\0secret' }],
  ] as const)('a line end in %s of the request is refused, and not quoted', async ([, headers]) => {
    const server = await serve()
    const { ends } = await settled(call(make(), server.origin, { request: { headers } }))
    expect(ends).toEqual([expect.objectContaining({ code: 'invalid-request' })])
    expect(String(ends[0])).not.toContain('secret')
    expect(server.requests).toEqual([])
  })

  test.for(['head', 'data', 'end'] as const)('what the %s of a sink throws rejects', async (what) => {
    const server = await serve()
    const broken = () => {
      throw new Error('sink is broken')
    }
    const made = call(make(), server.origin, { sink: { [what]: broken } })
    const request = await server.next()
    request.send(chunkedHead + chunk('one') + (what === 'end' ? '0\r\n\r\n' : ''))
    await expect(made.dispatched).rejects.toThrow('sink is broken')
    if (what !== 'end') await request.closed
    expect(made.ends).toEqual(what === 'end' ? ['end'] : [])
  })

  test('a wait of the sink that fails rejects', async () => {
    const server = await serve()
    const sink = { data: () => false, ready: () => Promise.reject(new Error('sink is gone')) }
    const made = call(make(), server.origin, { sink })
    const request = await server.next()
    request.send(chunkedHead + chunk('one'))
    await expect(made.dispatched).rejects.toThrow('sink is gone')
    await request.closed
  })
})
