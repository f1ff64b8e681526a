import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import { createNodeTransport, type NodeTransportOptions } from './node-transport.ts'
import { call, chunk, chunkedHead, createWireServers, settled, whole } from './test-support.ts'
import { createUndiciTransport, type UndiciTransportOptions } from './undici-transport.ts'

const { serve, closeAll } = createWireServers()
afterEach(closeAll)

const turn = () => new Promise((resolve) => setTimeout(resolve, 1))
const network = expect.objectContaining({ name: 'ProviderError', code: 'network' })

/** Those that keep connections of their own have to keep them alike. */
const keeping = [
  ['undici', createUndiciTransport],
  ['node', createNodeTransport],
] as const

describe.each(keeping)('%s', (_name, create) => {
  test('no more connections are opened than may be; who waits is served in order', async () => {
    const server = await serve()
    const transport = create({ connections: 2 })
    const calls = ['a', 'b', 'c', 'd'].map((path) => call(transport, `${server.origin}/${path}`))
    const [first, second] = [await server.next(), await server.next()]
    await turn()
    expect(server.requests).toHaveLength(2)
    first.send(whole('200 OK', 'a'))
    const third = await server.next()
    expect(third.head).toMatch(/^POST \/c /)
    second.send(whole('200 OK', 'b'))
    third.send(whole('200 OK', 'c'))
    const fourth = await server.next()
    fourth.send(whole('200 OK', 'd'))
    const answers = await Promise.all(calls.map(settled))
    expect(answers.map(({ chunks }) => chunks.join(''))).toEqual(['a', 'b', 'c', 'd'])
    expect(server.connections()).toBe(2)
  })

  test('whoever waits for a connection may leave, and a broken one makes room', async () => {
    const server = await serve()
    const transport = create({ connections: 1 })
    const controller = new AbortController()
    const first = call(transport, `${server.origin}/first`)
    const left = call(transport, `${server.origin}/left`, { signal: controller.signal })
    const last = call(transport, `${server.origin}/last`)
    const request = await server.next()
    controller.abort('left')
    await left.dispatched
    expect(left.ends).toEqual(['left'])
    request.socket.resetAndDestroy()
    await first.dispatched
    expect(first.ends).toEqual([network])
    const next = await server.next()
    expect(next.head).toMatch(/^POST \/last /)
    next.send(whole('200 OK', 'ok'))
    await last.dispatched
    expect(last.ends).toEqual(['end'])
  })

  test('a limit holds for each origin on its own', async () => {
    const [one, two] = [await serve(), await serve()]
    const transport = create({ connections: 1 })
    const calls = [call(transport, one.origin), call(transport, two.origin)]
    for (const server of [one, two]) (await server.next()).send(whole('200 OK', 'ok'))
    await Promise.all(calls.map(settled))
  })

  /** A transport with a connection that has served one request, and is idle. */
  const warm = async (options: UndiciTransportOptions & NodeTransportOptions = {}) => {
    const server = await serve()
    const transport = create(options)
    const made = call(transport, server.origin)
    const request = await server.next()
    request.send(whole('200 OK', 'warm'))
    await made.dispatched
    return { server, transport, socket: request.socket }
  }

  test.for(['reset', 'end'] as const)(
    'a kept connection that closes (%s) as a request comes is replaced, once',
    async (how) => {
      const { server, transport } = await warm()
      const body = 'x'.repeat(10_000)
      const made = call(transport, server.origin, { request: { body } })
      const stale = await server.next()
      expect(stale.nth).toBe(2)
      if (how === 'end') stale.socket.end()
      else stale.socket.resetAndDestroy()
      const again = await server.next()
      expect([again.nth, again.body]).toEqual([1, body])
      again.send(whole('200 OK', 'ok'))
      await made.dispatched
      expect([made.chunks.join(''), made.ends]).toEqual(['ok', ['end']])
    },
  )

  test('a connection that was closed while it was idle is not used at all', async () => {
    const { server, transport, socket } = await warm()
    socket.end()
    await new Promise((resolve) => socket.once('close', resolve))
    const made = call(transport, server.origin)
    const request = await server.next()
    expect(request.nth).toBe(1)
    request.send(whole('200 OK', 'ok'))
    await made.dispatched
    expect(made.ends).toEqual(['end'])
  })

  test('a new connection that breaks is not replaced, nor is one that breaks twice', async () => {
    const server = await serve(({ socket }) => socket.resetAndDestroy())
    const fresh = await settled(call(create(), server.origin))
    expect(fresh.ends).toEqual([network])
    expect(server.requests).toHaveLength(1)

    const kept = await warm()
    const made = call(kept.transport, kept.server.origin)
    for (let attempt = 0; attempt < 2; attempt += 1) (await kept.server.next()).socket.resetAndDestroy()
    await made.dispatched
    expect(made.ends).toEqual([network])
    expect(kept.server.requests).toHaveLength(3)
  })

  test('a kept connection that breaks after the first byte is not replaced', async () => {
    const { server, transport } = await warm()
    const made = call(transport, server.origin)
    const request = await server.next()
    request.send('HTTP/1.1 200')
    // So that the byte arrives before the reset, which would throw it away.
    await turn()
    request.socket.end()
    await made.dispatched
    expect(made.ends).toEqual([network])
    expect(server.requests).toHaveLength(2)
  })

  test('a kept connection that breaks late was at work, and the model is not asked twice', async () => {
    let time = 0
    const { server, transport } = await warm({ now: () => time })
    const made = call(transport, server.origin)
    const request = await server.next()
    time = 1000
    request.socket.resetAndDestroy()
    await made.dispatched
    expect(made.ends).toEqual([network])
    expect(server.requests).toHaveLength(2)
  })

  test('a connection that broke or was given up is not used again', async () => {
    const { server, transport } = await warm()
    const controller = new AbortController()
    const left = call(transport, server.origin, { signal: controller.signal })
    const request = await server.next()
    request.send(chunkedHead + chunk('one'))
    await left.untilText('one')
    controller.abort()
    await left.dispatched
    const made = call(transport, server.origin)
    const next = await server.next()
    expect(next.nth).toBe(1)
    next.send(whole('200 OK', 'ok'))
    expect((await settled(made)).chunks).toEqual(['ok'])
  })

  test('a connection that is not made in time is a timeout', async () => {
    // It accepts, but never greets: the TLS handshake is part of a connection.
    const server = await serve()
    const transport = create({ connectTimeoutMs: 20 })
    const { ends } = await settled(call(transport, server.origin.replace('http:', 'https:')))
    expect(ends).toEqual([expect.objectContaining({ name: 'ProviderError', code: 'timeout' })])
  })

  test('a request can have a limit of its own for that', async () => {
    const server = await serve()
    const url = server.origin.replace('http:', 'https:')
    const { ends } = await settled(call(create(), url, { request: { connectTimeoutMs: 20 } }))
    expect(ends).toEqual([expect.objectContaining({ name: 'ProviderError', code: 'timeout' })])
  })

  test('a connection that is still being made can be left', async () => {
    const server = await serve()
    const controller = new AbortController()
    const made = call(create(), server.origin.replace('http:', 'https:'), {
      signal: controller.signal,
    })
    await turn()
    controller.abort('left')
    await made.dispatched
    expect(made.ends).toEqual(['left'])
  })

  test.for([
    'file:///etc/passwd',
    'ftp://127.0.0.1/x',
    'ws://127.0.0.1/x',
    '/v1/x',
    '',
    'http://user:secret@127.0.0.1/x',
  ])('%j is no URL to send to', async (url) => {
    const { ends } = await settled(call(create(), url))
    expect(ends).toEqual([expect.objectContaining({ name: 'ProviderError', code: 'invalid-request' })])
    expect(String(ends[0])).not.toContain('secret')
  })

  test('close lets what runs end, takes nothing more and closes every connection', async () => {
    const { server, transport, socket } = await warm()
    const made = call(transport, server.origin)
    const running = await server.next()
    const closed = transport.close()
    const late = await settled(call(transport, server.origin))
    expect(late.ends).toEqual([network])
    running.send(whole('200 OK', 'ok'))
    await made.dispatched
    expect(made.ends).toEqual(['end'])
    await closed
    await running.closed
    expect(socket.destroyed).toBe(true)
  })

  test('a long prompt is let go once its answer has begun', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const server = await serve()
    const transport = create()
    let prompt: Uint8Array | undefined = new Uint8Array(1_000_000).fill(120)
    const weak = new WeakRef(prompt)
    const made = call(transport, server.origin, { request: { body: prompt } })
    prompt = undefined
    const request = await server.next()
    request.send(chunkedHead + chunk('one'))
    await made.untilText('one')
    // Some turns, since whatever runs still may hold it.
    for (let attempt = 0; attempt < 20 && weak.deref() !== undefined; attempt += 1) {
      await turn()
      collect()
    }
    expect(weak.deref() === undefined).toBe(true)
    request.send('0\r\n\r\n')
    await made.dispatched
  })
})

test('undici can be loaded ahead, and loading it twice is one load', async () => {
  const transport = createUndiciTransport()
  await Promise.all([transport.load(), transport.load()])
  await transport.close()
})

test('what ends before undici is loaded ends well', async () => {
  const server = await serve()
  const controller = new AbortController()
  const made = call(createUndiciTransport(), server.origin, { signal: controller.signal })
  controller.abort('at once')
  await made.dispatched
  expect(made.ends).toEqual(['at once'])
})
