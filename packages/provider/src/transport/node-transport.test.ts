import { getEventListeners } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { createNodeTransport } from './node-transport.ts'
import {
  call,
  chunk,
  chunkedHead,
  createWireServers,
  settled,
  spoilLentBytes,
  whole,
} from './test-support.ts'

spoilLentBytes()
const { serve, closeAll } = createWireServers()
afterEach(closeAll)

const turn = () => new Promise((resolve) => setTimeout(resolve, 1))

/** A sink that asks for one pause, at its first piece. */
const pausingOnce = () => {
  const waiting = Promise.withResolvers<void>()
  let hasPaused = false
  const data = () => {
    const goesOn = hasPaused
    hasPaused = true
    return goesOn
  }
  return { sink: { data, ready: () => waiting.promise }, resume: waiting.resolve }
}

test('the chunks of one read are one piece', async () => {
  const server = await serve(({ send }) => send(`${chunkedHead}${chunk('one ').repeat(100)}0\r\n\r\n`))
  const { chunks, ends } = await settled(call(createNodeTransport(), server.origin))
  expect([chunks, ends]).toEqual([['one '.repeat(100)], ['end']])
})

test('a large request arrives as it is, text and bytes', async () => {
  const server = await serve(({ send }) => send(whole('200 OK', 'ok')))
  const text = 'prömpt '.repeat(700_000)
  const transport = createNodeTransport()
  for (const body of [text, Buffer.from(text), Uint8Array.from(Buffer.from(text))]) {
    const made = await settled(call(transport, server.origin, { request: { body } }))
    expect(made.ends).toEqual(['end'])
    expect(server.requests.at(-1)?.body === Buffer.from(text).toString('latin1')).toBe(true)
  }
  expect(server.connections()).toBe(1)
})

test('a whole answer frees its connection, though its sink still waits', async () => {
  const server = await serve(({ send, nth }) => send(whole('200 OK', String(nth))))
  const transport = createNodeTransport({ connections: 1 })
  const { sink, resume } = pausingOnce()
  const waiting = call(transport, server.origin, { sink })
  await waiting.untilText('1')
  const next = await settled(call(transport, server.origin))
  expect([next.chunks, next.ends]).toEqual([['2'], ['end']])
  expect(waiting.ends).toEqual([])
  resume()
  expect((await settled(waiting)).ends).toEqual(['end'])
})

test('an abort while the sink waits for the last piece ends it, and no other', async () => {
  const server = await serve(({ send, nth }) => send(whole('200 OK', String(nth))))
  const transport = createNodeTransport()
  const controller = new AbortController()
  const waiting = call(transport, server.origin, { sink: pausingOnce().sink, signal: controller.signal })
  await waiting.untilText('1')
  const other = call(transport, server.origin)
  controller.abort('left')
  expect((await settled(waiting)).ends).toEqual(['left'])
  expect((await settled(other)).ends).toEqual(['end'])
})

test('an abort within the head, and one as soon as it was asked, close the connection', async () => {
  const server = await serve()
  const transport = createNodeTransport()
  const controller = new AbortController()
  const begun = call(transport, server.origin, { signal: controller.signal })
  const request = await server.next()
  request.send('HTTP/1.1 200 OK\r\nx-a')
  await turn()
  controller.abort('left')
  expect((await settled(begun)).ends).toEqual(['left'])
  await request.closed
  const second = new AbortController()
  const asked = call(transport, server.origin, { signal: second.signal })
  second.abort('at once')
  expect((await settled(asked)).ends).toEqual(['at once'])
  await transport.close()
  expect(server.requests).toHaveLength(1)
})

test('a signal that outlives its requests is left as it was', async () => {
  const server = await serve(({ send, nth }) => (nth < 3 ? send(whole('200 OK', 'ok')) : send('no HTTP')))
  const transport = createNodeTransport()
  const { signal } = new AbortController()
  for (let request = 0; request < 3; request += 1) await settled(call(transport, server.origin, { signal }))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('the limit of a connection is over once it stands', async () => {
  const server = await serve()
  const made = call(createNodeTransport({ connectTimeoutMs: 20 }), server.origin)
  const request = await server.next()
  await new Promise((resolve) => setTimeout(resolve, 50))
  request.send(whole('200 OK', 'late'))
  expect((await settled(made)).ends).toEqual(['end'])
})

test('a connection that was idle for too long is not used, and closes', async () => {
  let time = 0
  const server = await serve(({ send }) => send(whole('200 OK', 'ok')))
  const transport = createNodeTransport({ now: () => time, keepAliveMs: 100 })
  const ask = async () => {
    await settled(call(transport, server.origin))
    return server.requests.at(-1)?.nth
  }
  expect(await ask()).toBe(1)
  time = 99
  expect(await ask()).toBe(2)
  time = 199
  expect(await ask()).toBe(1)
  time = 400
  // Without a request, too.
  await server.requests.at(-1)?.closed
  await transport.close()
})

test('a server that says how long it keeps a connection is heeded, with time to spare', async () => {
  let time = 0
  const server = await serve(({ send, head }) =>
    send(whole('200 OK', 'ok', `Keep-Alive: timeout=${/\/(\d+)/.exec(head)?.[1]}, max=100`)),
  )
  const transport = createNodeTransport({ now: () => time, keepAliveMs: 1000 })
  const ask = async (seconds: number) => {
    await settled(call(transport, `${server.origin}/${seconds}`))
    return server.requests.at(-1)?.nth
  }
  expect(await ask(10)).toBe(1)
  time = 7999
  expect(await ask(10)).toBe(2)
  time += 8000
  expect(await ask(100_000)).toBe(1)
  time += 59_999
  expect(await ask(100_000)).toBe(2)
  time += 60_000
  expect(await ask(2)).toBe(1)
  // Two seconds are what is spared, so nothing is left.
  await server.requests.at(-1)?.closed
})

test.for(['HTTP/1.1 200 OK\r\nconnection: close', 'HTTP/1.0 200 OK\r\nconnection: keep-alive'])(
  'a connection that is not to be kept is closed: %j',
  async (head) => {
    const server = await serve(({ send }) => send(`${head}\r\ncontent-length: 2\r\n\r\nok`))
    const transport = createNodeTransport()
    for (const nth of [1, 2]) {
      expect((await settled(call(transport, server.origin))).ends).toEqual(['end'])
      await server.requests.at(-1)?.closed
      expect(server.connections()).toBe(nth)
    }
  },
)

test('an idle connection keeps no process alive, and nothing is left after close', async () => {
  const alive = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const server = await serve(({ send, head }) => {
    if (head.includes('/stays')) send(chunkedHead + chunk('one'))
    else send(whole('200 OK', 'ok'))
  })
  const before = [alive(), timers()]
  const transport = createNodeTransport({ keepAliveMs: 60_000 })
  await Promise.all(Array.from({ length: 20 }, () => settled(call(transport, server.origin))))
  // The server's ends are of this process as well.
  expect(alive() - (before[0] ?? 0)).toBe(20)
  const controller = new AbortController()
  const left = call(transport, `${server.origin}/stays`, { signal: controller.signal })
  await left.untilText('one')
  expect(alive() - (before[0] ?? 0)).toBe(21)
  const closed = transport.close()
  controller.abort()
  await closed
  await Promise.all(server.requests.map((request) => request.closed))
  expect([alive(), timers()]).toEqual(before)
  const late = await settled(call(transport, server.origin))
  expect(late.ends).toEqual([expect.objectContaining({ code: 'network' })])
})

test('who waited for a connection when it was closed is still served', async () => {
  const server = await serve()
  const transport = createNodeTransport({ connections: 1 })
  const calls = [call(transport, server.origin), call(transport, server.origin)]
  const first = await server.next()
  const closed = transport.close()
  first.send(whole('200 OK', 'one'))
  const second = await server.next()
  second.send(whole('200 OK', 'two'))
  expect((await Promise.all(calls.map(settled))).map(({ chunks }) => chunks.join(''))).toEqual(['one', 'two'])
  await closed
})

test('close waits for a sink that waits', async () => {
  const server = await serve(({ send }) => send(whole('200 OK', 'ok')))
  const transport = createNodeTransport()
  const { sink, resume } = pausingOnce()
  const made = call(transport, server.origin, { sink })
  await made.untilText('ok')
  const order: string[] = []
  const closed = transport.close().then(() => order.push('closed'))
  await server.requests[0]?.closed
  await turn()
  order.push('resumed')
  resume()
  await closed
  expect([order, made.ends]).toEqual([['resumed', 'closed'], ['end']])
})

test('a kept connection that is replaced does not lose its place to those who wait', async () => {
  const server = await serve()
  const transport = createNodeTransport({ connections: 1 })
  const warm = call(transport, `${server.origin}/warm`)
  ;(await server.next()).send(whole('200 OK', 'ok'))
  await settled(warm)
  const calls = [call(transport, `${server.origin}/first`), call(transport, `${server.origin}/second`)]
  ;(await server.next()).socket.resetAndDestroy()
  for (const path of ['first', 'second']) {
    const request = await server.next()
    expect(request.head).toContain(`POST /${path} `)
    request.send(whole('200 OK', path))
  }
  await Promise.all(calls.map(settled))
  expect(server.connections()).toBe(2)
})

test('a kept connection that ends before the request is written on it is replaced, whenever that is', async () => {
  const server = await serve()
  const transport = createNodeTransport({ now: () => 1e9 })
  const warm = call(transport, server.origin)
  const first = await server.next()
  first.send(whole('200 OK', 'ok'))
  await settled(warm)
  // In one turn of the event loop: the end is read between the lending and the writing.
  const made = await new Promise<ReturnType<typeof call>>((resolve) =>
    setTimeout(() => {
      first.socket.resetAndDestroy()
      resolve(call(transport, server.origin))
    }, 1),
  )
  ;(await server.next()).send(whole('200 OK', 'again'))
  expect([(await settled(made)).ends, made.chunks.join('')]).toEqual([['end'], 'again'])
  expect(server.connections()).toBe(2)
})

test('no connection is kept where none is to be, whatever the server says', async () => {
  const server = await serve(({ send }) =>
    send('HTTP/1.1 200 OK\r\nkeep-alive: timeout=30\r\ncontent-length: 2\r\n\r\nok'),
  )
  const transport = createNodeTransport({ keepAliveMs: 0 })
  for (let nth = 1; nth <= 2; nth += 1) {
    await settled(call(transport, server.origin))
    expect(server.connections()).toBe(nth)
  }
})
