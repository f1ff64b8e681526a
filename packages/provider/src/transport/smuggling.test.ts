import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createNodeTransport } from './node-transport.ts'
import { malformedAnswers } from './test-malformed.ts'
import {
  call,
  chunk,
  chunkedHead,
  createWireServers,
  settled,
  spoilLentBytes,
  type WireRequest,
  whole,
} from './test-support.ts'

/*
 * An upstream, or whoever writes parts of its answers, tries to have bytes of one answer taken for another one.
 */

spoilLentBytes()
const { serve, closeAll } = createWireServers()
afterEach(closeAll)

const badResponse = expect.objectContaining({ name: 'ProviderError', code: 'bad-response' })
const turn = () => new Promise((resolve) => setImmediate(resolve))
const stolen = whole('200 OK', 'stolen', 'x-stolen: 1')

/** One that closes no connection because it is idle, and has one at a time. */
const keeping = () => createNodeTransport({ connections: 1, keepAliveMs: 60_000 })

/** Asks once more, and expects an answer of a connection that carried nothing before. */
const expectFresh = async (transport: ReturnType<typeof createNodeTransport>, origin: string) => {
  const made = await settled(call(transport, `${origin}/after`))
  expect([made.status, made.chunks.join(''), made.ends]).toEqual([200, 'own 1', ['end']])
  expect(made.headers).not.toHaveProperty('x-stolen')
}

/** A server whose first answer is the one that is tried; what comes later is in order. */
const serveFirst = (first: (request: WireRequest) => void) =>
  serve((request) => {
    if (request.head.includes('/after')) request.send(whole('200 OK', `own ${request.nth}`))
    else first(request)
  })

test.for(malformedAnswers)('%s is a bad response, and ends its connection', async ([, text]) => {
  const server = await serveFirst(({ socket }) => socket.write(text, 'latin1'))
  const transport = keeping()
  const made = await settled(call(transport, server.origin))
  expect(made.ends).toEqual([badResponse])
  expect(String(made.ends[0])).not.toContain('hello')
  expect(made.headers ?? {}).not.toHaveProperty('x-evil')
  await server.requests[0]?.closed
  await expectFresh(transport, server.origin)
  await transport.close()
})

const longer: [what: string, text: string, body: string][] = [
  ['an answer behind the answer', whole('200 OK', 'hello') + stolen, 'hello'],
  [
    'a body that is longer than its length',
    `HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello${stolen}`,
    'hello',
  ],
  ['a line end behind a body', `${whole('200 OK', 'hello')}\r\n`, 'hello'],
  ['one byte behind a body', `${whole('200 OK', 'hello')}H`, 'hello'],
  ['an answer behind the last chunk', `${chunkedHead}${chunk('hello')}0\r\n\r\n${stolen}`, 'hello'],
  ['a chunk behind the last one', `${chunkedHead}${chunk('hello')}0\r\n\r\n${chunk(stolen)}`, 'hello'],
  ['a body of 204', `HTTP/1.1 204 No Content\r\ncontent-length: ${stolen.length}\r\n\r\n${stolen}`, ''],
  [
    'chunks of 204',
    `HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n${chunk(stolen)}0\r\n\r\n`,
    '',
  ],
  ['a body of 304', `HTTP/1.1 304 Not Modified\r\ncontent-length: ${stolen.length}\r\n\r\n${stolen}`, ''],
  ['an answer behind an empty one', whole('200 OK', '') + stolen, ''],
]

test.for(longer)('%s reaches nobody', async ([, text, body]) => {
  for (const isLate of [false, true]) {
    const server = await serveFirst(async ({ send }) => {
      const at = isLate ? text.indexOf('\r\n\r\n') + 4 + body.length : text.length
      send(text.slice(0, at))
      await turn()
      send(text.slice(at))
    })
    const transport = keeping()
    const made = await settled(call(transport, server.origin))
    expect([made.chunks.join(''), made.ends]).toEqual([body, ['end']])
    await server.requests[0]?.closed
    await expectFresh(transport, server.origin)
  }
})

test('what an idle connection is sent unasked ends it', async () => {
  const server = await serveFirst(({ send }) => send(whole('200 OK', 'hello')))
  const transport = keeping()
  const made = await settled(call(transport, server.origin))
  expect(made.ends).toEqual(['end'])
  server.requests[0]?.send(stolen)
  await server.requests[0]?.closed
  await expectFresh(transport, server.origin)
})

test('an answer to an unfinished request is taken, and the rest of the request begins no other', async () => {
  const transport = keeping()
  const refusal = whole('413 Too Large', 'no')
  let opened = 0
  const sockets: Socket[] = []
  const early = createServer((socket) => {
    opened += 1
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(refusal)
      socket.pause()
    })
  })
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve))
  const address = early.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  for (const nth of [1, 2]) {
    const body = new Uint8Array(32 * 1024 * 1024)
    const made = await settled(call(transport, origin, { request: { body } }))
    expect([made.status, made.chunks.join(''), made.ends]).toEqual([413, 'no', ['end']])
    expect(opened).toBe(nth)
  }
  await transport.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => early.close(resolve))
})

test('whatever answers are made of, each request gets bytes of its own answer or none', async () => {
  const edit = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(4),
    put: fc.constantFrom(
      '',
      '\r\n',
      '\n',
      '\0',
      '5',
      'content-length: 0\r\n',
      '0\r\n\r\n',
      'transfer-encoding: chunked\r\n',
    ),
  })
  const script = fc.record({
    isChunked: fc.boolean(),
    size: fc.nat(40),
    isDoubled: fc.boolean(),
    edits: fc.array(edit, { maxLength: 2 }),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    isEnded: fc.boolean(),
  })
  let scripts: readonly (typeof script extends fc.Arbitrary<infer T> ? T : never)[] = []
  const server = await serve(async ({ head, send, socket }) => {
    const nth = Number(/^POST \/(\d+)/.exec(head)?.[1])
    const made = scripts[nth]
    if (made === undefined) return
    const body = `<${nth}>`.repeat(made.size)
    const plain = made.isChunked
      ? `${chunkedHead}${body === '' ? '' : chunk(body)}0\r\n\r\n`
      : whole('200 OK', body)
    const edited = made.edits.reduce(
      (text, { place, removed, put }) => {
        const start = Math.floor(place * text.length)
        return text.slice(0, start) + put + text.slice(start + removed)
      },
      made.isDoubled ? plain + plain : plain,
    )
    const at = Math.floor(made.cut * edited.length)
    send(edited.slice(0, at))
    await turn()
    send(edited.slice(at))
    // What lacks its end would be waited for.
    if (made.isEnded || made.edits.length > 0) socket.end()
  })
  const property = fc.asyncProperty(fc.array(script, { minLength: 2, maxLength: 6 }), async (made) => {
    scripts = made
    const transport = keeping()
    for (const [nth, { edits, size }] of made.entries()) {
      const { chunks, ends } = await settled(call(transport, `${server.origin}/${nth}`))
      const foreign = chunks.join('').replaceAll(`<${nth}>`, '')
      expect(made.some((_, other) => other !== nth && foreign.includes(`<${other}>`))).toBe(false)
      expect(ends).toHaveLength(1)
      if (edits.length === 0) expect([chunks.join(''), ends]).toEqual([`<${nth}>`.repeat(size), ['end']])
    }
    await transport.close()
  })
  await fc.assert(property, { numRuns: 150 })
}, 30_000)
