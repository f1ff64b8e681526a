import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endsWithConnection, readAnswer, startAnswer } from './answer-parser.ts'
import { malformedAnswers } from './test-malformed.ts'
import { type ReadAnswer, readReference } from './test-reference.ts'
import { chunk, chunkedHead, whole } from './test-support.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** What a parser makes of an answer that comes in these pieces, after which its connection ends. */
const parse = (pieces: readonly string[], isBodiless = false) => {
  const answer = startAnswer(isBodiless)
  const seen = {
    status: 0,
    headers: {},
    body: '',
    isWhole: false,
    isFault: false,
    isReusable: false,
    heads: 0,
  }
  for (const piece of pieces) {
    // Whoever uses it reads on in a connection that goes on, and asks no more of one whose answer is over.
    if (seen.isWhole) answer.isPersistent &&= piece === ''
    if (seen.isWhole || seen.isFault || piece === '') continue
    // What stands behind it in the buffer is none of it, however well it would go on.
    const bytes = latin1(`${piece}${piece.endsWith('\r') ? '\n5\r\n' : '\r\n5\r\n'}`)
    const { head, payload, fault, isComplete } = readAnswer(answer, bytes, piece.length)
    if (head !== undefined) Object.assign(seen, head, { heads: seen.heads + 1 })
    seen.body += payload?.toString('latin1') ?? ''
    seen.isWhole = isComplete
    seen.isFault = fault !== undefined
  }
  if (!seen.isWhole && !seen.isFault) seen.isWhole = endsWithConnection(answer)
  seen.isReusable = seen.isWhole && answer.isPersistent
  return seen
}

/** Each way to cut a text in two, and all bytes apart. */
const cuts = (text: string): string[][] => [
  ...Array.from(text, (_, at) => [text.slice(0, at), text.slice(at)]),
  [...text],
]

const valid: [what: string, text: string, body: string, isReusable: boolean][] = [
  ['a body of a known length', whole('200 OK', 'hello', 'x-a: b'), 'hello', true],
  ['no body at all', whole('200 OK', ''), '', true],
  ['no reason', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok', true],
  ['an empty reason', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok', 'ok', true],
  ['white space around a value', 'HTTP/1.1 200 OK\r\ncontent-length: \t 2 \t\r\n\r\nok', 'ok', true],
  ['chunks', `${chunkedHead}${chunk('one ')}${chunk('two')}0\r\n\r\n`, 'one two', true],
  ['no chunks', `${chunkedHead}0\r\n\r\n`, '', true],
  [
    'large and small letters',
    `${chunkedHead.toUpperCase()}A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n`,
    '01234567890123456789',
    true,
  ],
  ['line ends in chunks', `${chunkedHead}${chunk('\r\n0\r\n\r\n')}0\r\n\r\n`, '\r\n0\r\n\r\n', true],
  ['extensions', `${chunkedHead}2;a=b;c="d;e"\r\nok\r\n0;last\r\n\r\n`, 'ok', true],
  ['a trailer', `${chunkedHead}${chunk('ok')}0\r\nx-sum: 1\r\nx-empty:\r\n\r\n`, 'ok', true],
  ['the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nto the end', 'to the end', false],
  ['a connection that closes', whole('200 OK', 'ok', 'connection: x, Close'), 'ok', false],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'ok', false],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
  ['304 with a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', '', false],
  ['204 with chunks', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n', '', false],
  [
    '1xx before',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\ncontent-length: 9\r\n\r\n${whole('200 OK', 'ok')}`,
    'ok',
    true,
  ],
]

test.for(valid)('%s is read the same however it is cut', ([, text, body, isReusable]) => {
  for (const pieces of [[text], ...cuts(text)]) {
    expect(parse(pieces)).toMatchObject({ body, isReusable, isWhole: true, isFault: false, heads: 1 })
  }
})

test('what follows an answer is not read, and its connection is not used again', () => {
  const stolen = whole('200 OK', 'stolen')
  for (const [what, text, body, isReusable] of valid) {
    if (!isReusable) continue
    for (const pieces of cuts(text + stolen)) {
      const seen = parse(pieces)
      expect([what, seen.body, seen.isReusable]).toEqual([what, body, false])
    }
  }
})

test('an answer to HEAD has no body, whatever its head says', () => {
  for (const text of [
    chunkedHead,
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
  ]) {
    expect(parse([text], true)).toMatchObject({ body: '', isWhole: true, isReusable: true })
  }
})

test.for(malformedAnswers)('%s is refused however it is cut', ([, text, body = '']) => {
  for (const pieces of [[text], ...(text.length < 5000 ? cuts(text) : [])]) {
    const seen = parse(pieces)
    expect([seen.isFault, seen.isWhole, seen.isReusable]).toEqual([true, false, false])
    expect(seen.body).toBe(body)
  }
})

test('another protocol is told before its first line ends', () => {
  for (const text of ['S', 'SSH-2.0', 'HTTP/2', '\r\n', ' HTTP', 'http/1.1', '\x15\x03\x01', '220 mail']) {
    expect([text, parse([text]).isFault]).toEqual([text, true])
  }
  for (const text of ['H', 'HTTP/1.', 'HTTP/1.1 ', 'HTTP/1.1 2']) expect(parse([text]).isFault).toBe(false)
})

test('headers that come twice are joined, and no name reaches what objects have of their own', () => {
  const names = ['X-A: 1', 'x-a: 2', 'constructor: c', '__proto__: p', 'toString: t', 'x-a: 3']
  const { headers } = parse([whole('200 OK', '', ...names)])
  expect(headers).toEqual({ 'content-length': '0', 'x-a': '1, 2, 3', constructor: 'c', tostring: 't' })
  expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
})

test('the pieces of one read are one piece, without what frames them', () => {
  const bytes = latin1(chunkedHead + chunk('one ').repeat(100))
  const answer = startAnswer(false)
  expect(readAnswer(answer, bytes, bytes.byteLength).payload?.toString()).toBe('one '.repeat(100))
})

describe('beside a reference', () => {
  const text = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,12}$/).map((word) => `x-${word}`)
  const value = fc.stringMatching(/^[\x21-\x7e\x80-\xff]{0,12}$/)
  const field = fc.tuple(name, value).map(([key, held]) => `${key}: ${held}\r\n`)
  const fields = fc.array(field, { maxLength: 4 }).map((lines) => lines.join(''))
  const status = fc.constantFrom('200 OK', '404 Not Found', '500', '299 \xfc')
  const chunks = fc.array(fc.tuple(text, fc.constantFrom('', ';a=b')), { maxLength: 5 }).map((parts) =>
    parts
      .filter(([part]) => part !== '')
      .map(([part, extension]) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`)
      .join(''),
  )
  const interim = fc.constantFrom('', 'HTTP/1.1 103 Early\r\nx-a: b\r\n\r\n', 'HTTP/1.1 100 \r\n\r\n')
  const answer = fc
    .record({ interim, status, fields, text, chunks, trailer: fields, isChunked: fc.boolean() })
    .map((parts) => {
      const head = `${parts.interim}HTTP/1.1 ${parts.status}\r\n${parts.fields}`
      return parts.isChunked
        ? `${head}Transfer-Encoding: chunked\r\n\r\n${parts.chunks}0\r\n${parts.trailer}\r\n`
        : `${head}Content-Length: ${parts.text.length}\r\n\r\n${parts.text}`
    })
  const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
  const cutAt = (whole: string, at: readonly number[]): string[] => {
    const ends = [
      0,
      ...at.map((share) => Math.floor(share * whole.length)).toSorted((a, b) => a - b),
      whole.length,
    ]
    return ends.slice(1).map((end, index) => whole.slice(ends[index], end))
  }
  const expectAlike = (
    seen: ReturnType<typeof parse>,
    { status, headers, body, isWhole, rest }: ReadAnswer,
  ) => {
    expect(seen.status).toBe(status ?? 0)
    expect([seen.body, seen.isWhole]).toEqual([body, isWhole])
    if (rest !== '') expect(seen.isReusable).toBe(false)
    const joined: Record<string, string> = {}
    for (const [key, held] of headers) joined[key] = key in joined ? `${joined[key]}, ${held}` : held
    expect(seen.headers).toEqual(joined)
  }

  test('answers are read alike, cut anywhere', () => {
    const property = fc.property(answer, places, (made, at) => {
      const reference = readReference(made)
      expect([reference.isWhole, reference.rest]).toEqual([true, ''])
      const seen = parse(cutAt(made, at))
      expectAlike(seen, reference)
      expect(seen.isReusable).toBe(true)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('broken ones are, too: nothing is read where there is none, and nothing is lost', () => {
    const spoilt = fc.constantFrom(
      '',
      '\r',
      '\n',
      '\r\n',
      '\0',
      ' ',
      '\t',
      ':',
      ';',
      '0',
      '5',
      'a',
      ',',
      'x',
      '\xff',
      'chunked',
    )
    const edit = fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true }),
      removed: fc.nat(3),
      put: spoilt,
    })
    const property = fc.property(
      answer,
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      places,
      (made, edits, at) => {
        const broken = edits.reduce((text, { place, removed, put }) => {
          const start = Math.floor(place * text.length)
          return text.slice(0, start) + put + text.slice(start + removed)
        }, made)
        expectAlike(parse(cutAt(broken, at)), readReference(broken))
      },
    )
    fc.assert(property, { numRuns: 3000 })
  })

  test('no bytes break it', () => {
    const property = fc.property(fc.array(text), (pieces) => {
      const { status } = readReference(pieces.join(''))
      expect(parse(pieces).status).toBe(status ?? 0)
    })
    fc.assert(property, { numRuns: 500 })
  })
})
