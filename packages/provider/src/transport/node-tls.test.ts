import { createServer, getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { createNodeTransport } from './node-transport.ts'
import { testCertificate, testCertificateKey } from './test-certificate.ts'
import { call, chunk, chunkedHead, settled, spoilLentBytes, whole } from './test-support.ts'

const network = expect.objectContaining({ name: 'ProviderError', code: 'network' })
const badResponse = expect.objectContaining({ name: 'ProviderError', code: 'bad-response' })
const closing: (() => Promise<void>)[] = []
spoilLentBytes()
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** A server that answers whatever it is sent. */
const serve = async (answer: (socket: TLSSocket, asked: string) => void) => {
  const sockets: TLSSocket[] = []
  // A socket forgets it once it is closed.
  const resumed: boolean[] = []
  const options = { key: testCertificateKey, cert: testCertificate, ALPNProtocols: ['h2', 'http/1.1'] }
  const server = createServer(options, (socket) => {
    sockets.push(socket)
    resumed.push(socket.isSessionReused())
    socket.on('error', () => {})
    socket.on('data', (bytes) => answer(socket, bytes.toString('latin1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, sockets, resumed }
}

test('a certificate that nobody vouches for is a network error', async () => {
  const { port, sockets } = await serve((socket) => socket.write(whole('200 OK', 'ok')))
  const { ends } = await settled(call(createNodeTransport(), `https://localhost:${port}`))
  expect(ends).toEqual([network])
  expect(String(ends[0])).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  expect(sockets.every((socket) => socket.bytesRead === 0)).toBe(true)
})

beforeAll(() => {
  const before = getCACertificates('default')
  return () => setDefaultCACertificates(before)
})
const trust = () => setDefaultCACertificates([...getCACertificates('default'), testCertificate])

test('it asks for HTTP/1.1 under the name of the host, keeps connections and resumes sessions', async () => {
  trust()
  const { port, sockets, resumed } = await serve((socket, asked) => {
    socket.write(asked.includes('/last') ? whole('200 OK', 'ok', 'connection: close') : whole('200 OK', 'ok'))
  })
  const transport = createNodeTransport()
  for (const path of ['', 'last', 'again']) {
    const made = await settled(call(transport, `https://localhost:${port}/${path}`))
    expect([made.chunks.join(''), made.ends]).toEqual(['ok', ['end']])
  }
  const seen = sockets.map((socket) => [socket.alpnProtocol, Reflect.get(socket, 'servername')])
  expect(seen).toEqual(Array(2).fill(['http/1.1', 'localhost']))
  expect(resumed).toEqual([false, true])
  await transport.close()
})

test('an address is no name to ask for', async () => {
  trust()
  const { port, sockets } = await serve((socket) => socket.write(whole('200 OK', 'ok')))
  const { ends } = await settled(call(createNodeTransport(), `https://127.0.0.1:${port}`))
  expect([ends, Reflect.get(sockets[0] ?? {}, 'servername')]).toEqual([['end'], false])
})

test('a certificate for another name is a network error', async () => {
  trust()
  const { port } = await serve((socket) => socket.write(whole('200 OK', 'ok')))
  const { ends } = await settled(call(createNodeTransport(), `https://127.0.0.2:${port}`))
  expect(ends).toEqual([network])
})

test('a large answer comes whole through pauses, and none of it while the sink waits', async () => {
  trust()
  const text = 'x'.repeat(1_000_000)
  const { port } = await serve((socket) => {
    socket.write(chunkedHead)
    socket.write(`${chunk(text).repeat(3)}0\r\n\r\n`)
  })
  let isWaiting = false
  let wasAskedInVain = false
  const sink = {
    data() {
      wasAskedInVain ||= isWaiting
      isWaiting = true
      return false
    },
    ready: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      isWaiting = false
    },
  }
  const { chunks, ends } = await settled(call(createNodeTransport(), `https://localhost:${port}`, { sink }))
  expect([chunks.join('') === text.repeat(3), wasAskedInVain, ends]).toEqual([true, false, ['end']])
})

test('an answer that is complete while the sink waits leaves a connection that is read', async () => {
  trust()
  const { port, sockets } = await serve((socket) => socket.write(whole('200 OK', 'x'.repeat(20_000))))
  const transport = createNodeTransport()
  const waiting = Promise.withResolvers<void>()
  const sink = { data: () => false, ready: () => waiting.promise }
  const first = call(transport, `https://localhost:${port}`, { sink })
  await first.untilText('x')
  // The second record of the same read, which completes it.
  await new Promise((resolve) => setTimeout(resolve, 10))
  const second = await settled(call(transport, `https://localhost:${port}`))
  expect([second.chunks.join(''), second.ends]).toEqual(['x'.repeat(20_000), ['end']])
  waiting.resolve()
  expect((await settled(first)).chunks.join('')).toBe('x'.repeat(20_000))
  expect(sockets).toHaveLength(1)
  await transport.close()
})

test('a break while the sink waits loses nothing that was read', async () => {
  trust()
  // Records of TLS, which one read of the socket brings: the sink waits from the first on, the last breaks the answer.
  const { port } = await serve((socket) => socket.write(`${chunkedHead}${chunk('x'.repeat(60_000))}no chunk`))
  const sink = { data: () => false, ready: () => new Promise<void>(() => {}) }
  const { chunks, ends } = await settled(call(createNodeTransport(), `https://localhost:${port}`, { sink }))
  expect([chunks.join(''), ends]).toEqual(['x'.repeat(60_000), [badResponse]])
})

test('a connection that ends within an answer is a network error', async () => {
  trust()
  const { port } = await serve((socket) => socket.end(chunkedHead + chunk('one')))
  const { chunks, ends } = await settled(call(createNodeTransport(), `https://localhost:${port}`))
  expect([chunks, ends]).toEqual([['one'], [network]])
})
