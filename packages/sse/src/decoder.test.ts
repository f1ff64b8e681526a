import { expect, test } from 'vitest'
import { createSseDecoder } from './decoder.ts'
import { type LogEntry, referenceDecode } from './testing/reference-decoder.ts'
import { concat, createLoggingDecoder, decodePieces, everyCut, toBytes } from './testing/support.ts'

type Message = Extract<LogEntry, { kind: 'message' }>
const message = (data: string, rest: Partial<Message> = {}): Message => ({
  kind: 'message',
  event: undefined,
  data,
  id: undefined,
  lastEventId: '',
  ...rest,
})
const comment = (text: string): LogEntry => ({ kind: 'comment', text })
const retry = (milliseconds: number): LogEntry => ({ kind: 'retry', milliseconds })

const rules: [string, string, LogEntry[]][] = [
  ['dispatches at a blank line', 'data: a\n\ndata: b\n\n', [message('a'), message('b')]],
  ['reads CR line ends', 'data: a\rdata: b\r\rdata: c\r\r', [message('a\nb'), message('c')]],
  ['reads CRLF line ends', 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', [message('a\nb'), message('c')]],
  [
    'reads mixed line ends',
    'data: a\rdata: b\n\r\ndata: c\n\rdata: d\r\n\n',
    [message('a\nb'), message('c'), message('d')],
  ],
  [
    'takes one space after the colon, and no more',
    'data:a\ndata: b\ndata:  c\ndata:\td\n\n',
    [message('a\nb\n c\n\td')],
  ],
  [
    'dispatches an event whose data is empty',
    'data:\n\ndata\n\ndata: \n\n',
    [message(''), message(''), message('')],
  ],
  [
    'joins data lines with LF',
    'data\ndata\n\ndata: a\ndata:\ndata: b\n\n',
    [message('\n'), message('a\n\nb')],
  ],
  ['dispatches nothing without data', 'event: x\n\nid: 1\n\n\n\n: c\n\n', [comment('c')]],
  ['forgets the type of an event without data', 'event: x\n\ndata: a\n\n', [message('a')]],
  [
    'names the type',
    'event: x\ndata: a\n\nevent:y\ndata: b\n\n',
    [message('a', { event: 'x' }), message('b', { event: 'y' })],
  ],
  [
    'lets a later type win, also an empty one',
    'event: x\nevent: y\ndata: a\n\nevent: x\nevent:\ndata: b\n\n',
    [message('a', { event: 'y' }), message('b')],
  ],
  [
    'keeps ids',
    'id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n',
    [
      message('a', { id: '1', lastEventId: '1' }),
      message('b', { lastEventId: '1' }),
      message('c', { id: '2', lastEventId: '2' }),
    ],
  ],
  ['keeps the id of an event without data', 'id: 1\n\ndata: a\n\n', [message('a', { lastEventId: '1' })]],
  [
    'resets ids by an empty one',
    'id: 1\ndata: a\n\nid\ndata: b\n\n',
    [message('a', { id: '1', lastEventId: '1' }), message('b', { id: '' })],
  ],
  [
    'ignores an id with NUL',
    'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
    [message('a', { id: '1', lastEventId: '1' }), message('b', { lastEventId: '1' })],
  ],
  [
    'reports retry of digits only',
    'retry: 10\nretry:0\nretry: 1e3\nretry: -1\nretry: 5 \nretry:\nretry\nretry: ٣\n',
    [retry(10), retry(0)],
  ],
  [
    'holds a retry to what a number can count',
    `retry: ${'9'.repeat(400)}\n`,
    [retry(Number.MAX_SAFE_INTEGER)],
  ],
  ['reports comments', ':\n: a\n:b:c\n:  d\n', [comment(''), comment('a'), comment('b:c'), comment(' d')]],
  ['ignores unknown fields and other cases', 'Data: a\nDATA: b\n data: c\ndataset: d\nfoo\ndata : e\n\n', []],
  ['ignores a long unknown field, and the line after it counts', 'dataid\rdata\n\r:', [message('')]],
  ['discards an event that does not end', 'data: a\n\ndata: b\n', [message('a')]],
  ['discards a line that does not end', 'data: a\n\ndata: b', [message('a')]],
  ['removes one BOM, and only at the beginning', '\uFEFFdata: a\n\n\uFEFFdata: b\n\n', [message('a')]],
  ['keeps a second BOM, which spoils its field', '\uFEFF\uFEFFdata: a\n\ndata: b\n\n', [message('b')]],
  ['keeps the letters that a BOM looks like in Latin-1', 'ï»¿data: a\n\ndata: b\n\n', [message('b')]],
  [
    'keeps characters of two, three and four bytes',
    'event: é\nid: €\ndata: 😀\u2028\u0085x\n\n',
    [message('😀\u2028\u0085x', { event: 'é', id: '€', lastEventId: '€' })],
  ],
]

for (const [name, stream, expected] of rules) {
  test(`${name}, cut anywhere`, () => {
    const bytes = toBytes(stream)
    expect(referenceDecode(bytes)).toEqual(expected)
    for (const pieces of everyCut(bytes)) expect(decodePieces(pieces)).toEqual(expected)
  })
}

test('turns malformed UTF-8 into U+FFFD, cut anywhere', () => {
  const bytes = concat([
    toBytes('data: '),
    Uint8Array.of(0xff, 0x61, 0xe2, 0x82, 0x62, 0xf0, 0x9f, 0x98, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xe2),
    toBytes('\n\n'),
  ])
  const expected = [message('\uFFFDa\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD')]
  expect(referenceDecode(bytes)).toEqual(expected)
  for (const pieces of everyCut(bytes)) expect(decodePieces(pieces)).toEqual(expected)
})

test('dispatches as soon as the blank line is there, for each kind of line end', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const decoder = createLoggingDecoder()
    decoder.push(toBytes(`data: a${end}`))
    expect(decoder.log).toEqual([])
    // Of a CRLF the CR is enough: whatever comes next, the line has ended.
    decoder.push(toBytes(end.slice(0, 1)))
    expect(decoder.log).toEqual([message('a')])
  }
})

test('delivers an incomplete event at the end when asked to', () => {
  for (const stream of [
    'data: a',
    'data: a\n',
    'data: a\r',
    'data: a\r\n',
    'data: a\n\n',
    'data: a\r\r',
    'data: a\n\n: c',
  ]) {
    for (const pieces of everyCut(toBytes(stream))) {
      const messages = decodePieces(pieces, { incomplete: 'deliver' }).filter(
        (entry) => entry.kind === 'message',
      )
      expect(messages).toEqual([message('a')])
    }
  }
})

test('delivers a cut character at the end as U+FFFD', () => {
  const pieces = [toBytes('data: a'), Uint8Array.of(0xe2), Uint8Array.of(0x82)]
  expect(decodePieces(pieces, { incomplete: 'deliver' })).toEqual([message('a\uFFFD')])
})

test('takes empty pieces anywhere, also inside a character and between CR and LF', () => {
  const empty = new Uint8Array()
  const bytes = toBytes('data: €\r\ndata: b\r\n\r\n')
  const pieces = Array.from(bytes, (_, at) => [empty, bytes.subarray(at, at + 1)]).flat()
  expect(decodePieces(pieces)).toEqual([message('€\nb')])
  expect(decodePieces([bytes.subarray(0, 7), empty, bytes.subarray(7)])).toEqual([message('€\nb')])
})

test('refuses bytes after the end, and ends only once', () => {
  const decoder = createLoggingDecoder({ incomplete: 'deliver' })
  decoder.push(toBytes('data: a\n'))
  decoder.end()
  decoder.end()
  expect(decoder.log).toEqual([message('a')])
  expect(() => decoder.push(toBytes('data: b\n\n'))).toThrow(expect.objectContaining({ code: 'closed' }))
})

test('lets through what a callback throws, and is spent after it', () => {
  const boom = new Error('boom')
  const decoder = createSseDecoder({
    onMessage: () => {
      throw boom
    },
  })
  expect(() => decoder.push(toBytes('data: a\n\n'))).toThrow(boom)
  expect(() => decoder.push(toBytes('data: b\n\n'))).toThrow(boom)
})
