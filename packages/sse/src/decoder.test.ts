import { expect, test } from 'vitest'
import { decodeVectors, message } from '../runtime-tests/decode-vectors.ts'
import { createSseDecoder } from './decoder.ts'
import { referenceDecode } from './testing/reference-decoder.ts'
import {
  concat,
  createLoggingDecoder,
  decodePieces,
  everyBatching,
  everyCut,
  toBytes,
} from './testing/support.ts'

for (const [name, stream, expected] of decodeVectors) {
  test(`${name}, cut anywhere`, () => {
    const bytes = toBytes(stream)
    expect(referenceDecode(bytes)).toEqual(expected)
    for (const batching of everyBatching) {
      for (const pieces of everyCut(bytes)) expect(decodePieces(pieces, {}, batching)).toEqual(expected)
    }
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
