import type { LogEntry } from '../src/testing/reference-decoder.ts'

type Message = Extract<LogEntry, { kind: 'message' }>
/** An event as it is heard. */
export const message = (data: string, rest: Partial<Message> = {}): Message => ({
  kind: 'message',
  event: undefined,
  data,
  id: undefined,
  lastEventId: '',
  ...rest,
})
const comment = (text: string): LogEntry => ({ kind: 'comment', text })
const retry = (milliseconds: number): LogEntry => ({ kind: 'retry', milliseconds })

/** A rule of the standard, a stream, and what it means. */
export const decodeVectors: readonly (readonly [
  name: string,
  stream: string,
  expected: readonly LogEntry[],
])[] = [
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
