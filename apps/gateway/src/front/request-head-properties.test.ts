import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { duplexPair } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { serverOptions } from '../server.ts'
import { readRequestHead } from './request-head.ts'

/** A request as a parser understood it. */
interface Read {
  method: string | undefined
  target: string | undefined
  headers: object
  body: string
}

/** Has Node's own server read these bytes, on a connection without a network. */
const readByNode = async (bytes: Uint8Array): Promise<Read[]> => {
  const reads: Read[] = []
  const [client, socket] = duplexPair()
  const server: Server = createServer(serverOptions, (request: IncomingMessage) => {
    const { method, url: target, headers } = request
    const read: Read = { method, target, headers: { ...headers }, body: '' }
    reads.push(read)
    request.on('data', (chunk: Buffer) => {
      read.body += chunk.toString('latin1')
    })
    request.on('error', () => {})
  })
  server.on('clientError', () => socket.destroy())
  server.emit('connection', socket)
  client.on('error', () => {}).resume()
  socket.on('error', () => {})
  await new Promise((resolve) => client.write(bytes, resolve))
  for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate)
  client.destroy()
  socket.destroy()
  return reads
}

/** Often the first. */
const mostly = <T>(usual: fc.Arbitrary<T>, ...others: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })))

const inOddCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((char, at) => (upper[at] === true ? char.toUpperCase() : char)).join(''))

const charsOf = (chars: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...chars), maxLength })
const tokenChars = "!#$%&'*+-.^_`|~09azAZ"
const latin1 = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
const blanks = fc.constantFrom('', ' ', '\t', '  ', ' \t ')
const names = mostly(
  charsOf(tokenChars, 8).map((name) => `x${name}`),
  fc.constantFrom(
    ...['host', 'content-length', 'cookie', 'set-cookie', 'accept', 'user-agent', 'authorization', 'from'],
    ...['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer', 'keep-alive', 'proxy-connection'],
    ...['__proto__', 'constructor', 'connection', 'content-encoding', 'http2-settings', 'etag', 'age'],
  ),
  charsOf(`${tokenChars}"(),/:;<=>?@[\\]{} é`, 4),
)
const values = mostly(
  charsOf(' \t!"#%&,-./0:;=?azAZ~\x80é\xff', 20),
  fc.constantFrom('chunked', 'close', 'keep-alive', 'upgrade', '100-continue', 'h2c', '', '5'),
  charsOf(latin1.join(''), 12),
)
const headers = fc
  .tuple(names.chain(inOddCase), mostly(fc.constant(':'), fc.constantFrom(' :', ''), blanks), blanks, values)
  .map((parts) => parts.join(''))
const connection = fc
  .tuple(inOddCase('connection'), mostly(inOddCase('keep-alive'), inOddCase('close'), values), blanks)
  .map(([name, value, blank]) => `${name}: ${value}${blank}`)
const lengthOf = (body: string) => {
  const { length } = body
  return mostly(
    fc.constantFrom(`${length}`, `0${length}`, ` ${length} `, `${length}\t`),
    fc.constantFrom(`+${length}`, `-${length}`, `${length}, ${length}`, `0x${length}`, `${length}.0`, ''),
    fc.constantFrom(`${length + 3}`, `${Math.max(0, length - 1)}`, '9'.repeat(15), '9'.repeat(30)),
  ).map((value) => `content-length:${value}`)
}
const targets = mostly(
  charsOf('az09_-.~/?=&%:,', 30).map((rest) => `/v1/${rest}`),
  fc.constantFrom('*', '/v1/#a', 'http://a/v1/x', '/v1/a b', '/V1/x', '//v1/', '/v1/\\', '/v1/é', '/v1/"|{}'),
)
const firstLines = fc
  .tuple(
    mostly(fc.constant('POST'), fc.constantFrom('GET', 'post', 'PUT', '\r\nPOST', ' POST')),
    targets,
    mostly(fc.constant('HTTP/1.1'), fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', '')),
  )
  .map((parts) => parts.join(' '))
const bodies = mostly(
  fc.string({ unit: fc.constantFrom(...latin1), maxLength: 12 }),
  fc.constant('POST /v1/inner HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n'),
  fc.constant('5\r\nabcde\r\n0\r\n\r\n'),
)
const lineEnds = mostly(fc.constant('\r\n'), fc.constantFrom('\n', '\r', '\r\n ', '\r\n\r\n', '\0'))
const nexts = fc.constantFrom(
  '',
  'GET /livez HTTP/1.1\r\nhost: b\r\n\r\n',
  'POST /v1/next HTTP/1.1\r\nhost: b\r\ncontent-length: 2\r\n\r\n{}',
  '\r\nPOST /v1/next HTTP/1.1\r\nhost: b\r\ncontent-length: 2\r\n\r\n{}',
  'POST /v1/next HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
  'nonsense\r\n\r\n',
)

/** Requests, plain and nearly so, with one behind them. */
const requests = bodies.chain((body) =>
  fc
    .tuple(
      firstLines,
      fc
        .tuple(
          mostly(fc.constant<string[]>(['host: a']), fc.constant<string[]>([])),
          lengthOf(body).map((line): string[] => [line]),
          mostly(
            fc.constant<string[]>([]),
            connection.map((line) => [line]),
          ),
          fc.array(headers, { maxLength: 4 }),
        )
        .chain((lines) => fc.shuffledSubarray(lines.flat(), { minLength: lines.flat().length })),
      lineEnds,
      nexts,
    )
    .map(([first, lines, end, next]) => `${[first, ...lines].join('\r\n')}${end}\r\n${end}${body}${next}`),
)

/** Something done to single bytes. */
const mutation = fc.record({
  at: fc.nat(),
  removed: fc.nat(2),
  put: fc.string({ unit: fc.constantFrom(...latin1, '\r', '\n', ' ', '\t', ':', '\0'), maxLength: 2 }),
})
const mutated = fc.array(mutation, { minLength: 1, maxLength: 2 })
const cases = fc
  .tuple(requests, fc.oneof({ weight: 2, arbitrary: fc.array(mutation, { maxLength: 0 }) }, mutated))
  .map(([request, mutations]) => {
    let text = request
    for (const { at, removed, put } of mutations) {
      const place = at % (text.length + 1)
      text = text.slice(0, place) + put + text.slice(place + removed)
    }
    return Buffer.from(text, 'latin1')
  })

test('what is taken is read as Node reads it, with its body and with what follows', async () => {
  let taken = 0
  await fc.assert(
    fc.asyncProperty(cases, async (bytes) => {
      const head = readRequestHead(bytes)
      if (head === undefined) return
      taken += 1
      const bodyEnd = head.size + head.length
      const { target, headers } = head
      const body = bytes.toString('latin1', head.size, bodyEnd)
      const own = { method: 'POST', target, headers, body }
      expect(await readByNode(bytes)).toEqual([own, ...(await readByNode(bytes.subarray(bodyEnd)))])
    }),
    { numRuns: 500 },
  )
  expect(taken).toBeGreaterThan(50)
})
