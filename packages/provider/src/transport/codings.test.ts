import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createFetchTransport } from './fetch-transport.ts'
import { createNodeTransport } from './node-transport.ts'
import { call, createWireServers, settled, spoilLentBytes, transports } from './test-support.ts'
import { createUndiciTransport } from './undici-transport.ts'

spoilLentBytes()
const { serve, closeAll } = createWireServers()
afterEach(closeAll)

const badResponse = expect.objectContaining({ name: 'ProviderError', code: 'bad-response' })
const head = (coding: string, ...headers: string[]) =>
  ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', `content-encoding: ${coding}`, ...headers, '', ''].join(
    '\r\n',
  )

/** One chunk of a chunked body. */
const bytesChunk = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

const brotliFlush = { flush: constants.BROTLI_OPERATION_FLUSH }
const codings = [
  ['gzip', gzipSync, () => createGzip({ flush: constants.Z_SYNC_FLUSH })],
  ['x-gzip', gzipSync, () => createGzip({ flush: constants.Z_SYNC_FLUSH })],
  ['deflate', deflateSync, () => createDeflate({ flush: constants.Z_SYNC_FLUSH })],
  ['deflate', deflateRawSync, () => createDeflateRaw({ flush: constants.Z_SYNC_FLUSH })],
  ['br', brotliCompressSync, () => createBrotliCompress(brotliFlush)],
] as const

describe.each(transports)('%s', (_name, make) => {
  test.for(codings)(
    '%s: a whole body is decoded, and the head says nothing of it',
    async ([coding, encode]) => {
      const text = '{"a":1}'.repeat(20_000)
      const body = encode(text)
      const headers = [`content-encoding: ${coding}`, `content-length: ${body.byteLength}`, 'x-a: b']
      const server = await serve(({ send }) => {
        send(['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n'))
        send(body)
      })
      const made = await settled(call(make(), server.origin))
      expect(made.headers).toEqual({ 'x-a': 'b' })
      expect(made.chunks.join('')).toBe(text)
      expect(made.ends).toEqual(['end'])
    },
  )

  test.for(codings)('%s: each event of a stream comes as it is sent', async ([coding, , encoder]) => {
    const server = await serve()
    const made = call(make(), server.origin)
    const { send } = await server.next()
    send(head(coding))
    const encode = encoder()
    encode.on('data', (bytes: Uint8Array) => send(bytesChunk(bytes)))
    for (const event of ['data: one\n\n', ': ping\n\n', 'data: [DONE]\n\n']) {
      encode.write(event)
      await made.untilText(event)
    }
    encode.end()
    await new Promise((resolve) => encode.once('end', resolve))
    send('0\r\n\r\n')
    await made.dispatched
    expect([made.chunks.join(''), made.ends]).toEqual(['data: one\n\n: ping\n\ndata: [DONE]\n\n', ['end']])
  })

  test('a compressed body is decoded however it is cut', async () => {
    const body = gzipSync('data: one\n\ndata: two\n\n')
    const server = await serve(async ({ send }) => {
      send(head('gzip'))
      for (const byte of body) {
        send(bytesChunk(Uint8Array.of(byte)))
        await new Promise(setImmediate)
      }
      send('0\r\n\r\n')
    })
    const { chunks, ends } = await settled(call(make(), server.origin))
    expect([chunks.join(''), ends]).toEqual(['data: one\n\ndata: two\n\n', ['end']])
  })

  test.for(['gzip, gzip', 'gzip, br', 'zstd', 'compress', 'identity, gzip', 'x'.repeat(500)])(
    'a body in %s is a bad response, and its connection is closed',
    async (coding) => {
      const server = await serve(({ send }) => {
        send(head(coding))
        send(bytesChunk(gzipSync(gzipSync('x'))))
      })
      const { status, ends } = await settled(call(make(), server.origin))
      expect([status, ends]).toEqual([undefined, [badResponse]])
      expect(String(ends[0]).length).toBeLessThan(200)
      await server.requests[0]?.closed
    },
  )

  test.for(codings)(
    '%s: a body whose end is left out is taken as far as it goes',
    async ([coding, encode]) => {
      const text = 'data: one\n\n'.repeat(100)
      // As servers do that flush each event and never finish: all of the text is there, the checksum is not.
      const body = encode(text, { finishFlush: coding === 'br' ? brotliFlush.flush : constants.Z_SYNC_FLUSH })
      const server = await serve(({ send }) => {
        send(head(coding))
        send(bytesChunk(body))
        send('0\r\n\r\n')
      })
      const { chunks, ends } = await settled(call(make(), server.origin))
      expect([chunks.join(''), ends]).toEqual([text, ['end']])
    },
  )

  test('a body that is not what its coding says breaks the answer', async () => {
    const server = await serve(({ send }) => {
      send(head('gzip'))
      send(bytesChunk(Buffer.from('no gzip at all')))
      send('0\r\n\r\n')
    })
    const { chunks, ends } = await settled(call(make(), server.origin))
    expect([chunks, ends]).toEqual([[], [expect.objectContaining({ name: 'ProviderError' })]])
  })

  test('an abort while a compressed body is decoded closes the connection', async () => {
    const server = await serve()
    const controller = new AbortController()
    const sink = { data: () => false, ready: () => new Promise<void>(() => {}) }
    const made = call(make(), server.origin, { signal: controller.signal, sink })
    const request = await server.next()
    request.send(head('gzip'))
    request.send(bytesChunk(gzipSync('x'.repeat(1_000_000))))
    await made.untilText('x')
    controller.abort('left')
    await made.dispatched
    await request.closed
    expect(made.ends).toEqual(['left'])
  })

  test('while the sink pauses, an upstream that sends a compressed body is held back', async () => {
    // Stored, not compressed: as many bytes as they are.
    const body = gzipSync(new Uint8Array(32 * 1024 * 1024), { level: 0 })
    const server = await serve()
    const controller = new AbortController()
    const sink = { data: () => false, ready: () => new Promise<void>(() => {}) }
    const made = call(make(), server.origin, { signal: controller.signal, sink })
    const { send, socket } = await server.next()
    send(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.byteLength}\r\n\r\n`)
    let written = 0
    const write = () => {
      while (written < body.byteLength) {
        const block = body.subarray(written, written + 65_536)
        written += block.byteLength
        if (!socket.write(block)) return
      }
    }
    socket.on('drain', write)
    write()
    await made.untilHead()
    let last = 0
    // What sockets and the kernel take is taken after a while; then nothing moves any more.
    for (let same = 0; same < 10; last = written) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      same = written === last ? same + 1 : 0
    }
    expect(written).toBeLessThan(body.byteLength / 2)
    controller.abort()
    await made.dispatched
  })
})

const limited = [
  ['fetch', createFetchTransport],
  ['undici', createUndiciTransport],
  ['node', createNodeTransport],
] as const

describe.each(limited)('%s, limits', (_name, create) => {
  test.for([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('a bomb of %s ends at the limit and closes its connection', async ([coding, encode]) => {
    const bomb = encode(new Uint8Array(8_000_000))
    expect(bomb.byteLength).toBeLessThan(20_000)
    const server = await serve(({ send }) => {
      send(head(coding))
      send(bytesChunk(bomb))
    })
    let handedOn = 0
    const data = (bytes: Uint8Array) => {
      handedOn += bytes.byteLength
      return true
    }
    const { ends } = await settled(
      call(create({ maxDecodedBytes: 1_000_000 }), server.origin, { sink: { data } }),
    )
    expect(ends).toEqual([badResponse])
    expect(String(ends[0])).toContain('1000000 bytes')
    expect(handedOn).toBeLessThanOrEqual(1_000_000)
    await server.requests[0]?.closed
  })

  test('while the sink pauses a bomb is not decoded further', async () => {
    const server = await serve(({ send }) => {
      send(head('gzip'))
      send(bytesChunk(gzipSync(new Uint8Array(8_000_000))))
    })
    const controller = new AbortController()
    let handedOn = 0
    const data = (bytes: Uint8Array) => {
      handedOn += bytes.byteLength
      return false
    }
    const sink = { data, ready: () => new Promise<void>(() => {}) }
    const made = call(create(), server.origin, { signal: controller.signal, sink })
    await made.untilHead()
    await made.untilText('\0')
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(handedOn).toBeLessThan(200_000)
    controller.abort()
    await made.dispatched
  })

  test('a body that is as large as it may be passes, one byte more does not', async () => {
    const server = await serve(({ send, head: asked }) => {
      // The second has more to come, so that its end is our doing.
      const [length, size] = asked.includes('/more') ? [2000, 1001] : [1000, 1000]
      send(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${'x'.repeat(size)}`)
    })
    const transport = create({ maxBodyBytes: 1000 })
    const within = await settled(call(transport, server.origin))
    expect([within.chunks.join('').length, within.ends]).toEqual([1000, ['end']])
    const beyond = await settled(call(transport, `${server.origin}/more`))
    expect([beyond.chunks, beyond.ends]).toEqual([[], [badResponse]])
    await server.requests.at(-1)?.closed
  })
})
