import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBatchedDecoder, createSseDecoder } from './decoder.ts'
import { isSseError } from './errors.ts'
import { cutAt, everyBatching, everyCut, toBytes } from './testing/support.ts'

const limits = { maxLineLength: 20, maxEventLength: 40 }

/** What pieces decode to under limits: the data of the events, then the code of the error that ended it. */
const decodeUnder = (
  pieces: readonly Uint8Array[],
  options = limits,
  batching = everyBatching[0],
): string[] => {
  const seen: string[] = []
  const decoder = createBatchedDecoder(
    {
      ...options,
      onMessage: ({ data }) => seen.push(data),
      onComment: (text) => seen.push(`:${text}`),
    },
    batching,
  )
  try {
    for (const piece of pieces) decoder.push(piece)
    decoder.end()
  } catch (error) {
    seen.push(isSseError(error) ? error.code : String(error))
  }
  return seen
}

const line = (length: number): string => 'data: '.padEnd(length, 'x')
const value = (length: number): string => 'x'.repeat(length - 6)

const cases: [string, string, string[]][] = [
  ['takes a line of just the limit', `${line(20)}\n\n`, [value(20)]],
  ['refuses a line of one more', `data: a\n\n${line(21)}\n\n`, ['a', 'line-too-long']],
  ['refuses it before its end is seen', line(21), ['line-too-long']],
  [
    'counts lines that end with CR and CRLF alike',
    `${line(20)}\r\r${line(20)}\r\n\r\n${line(21)}\r`,
    [value(20), value(20), 'line-too-long'],
  ],
  ['holds comments to the limit of a line', `data: a\n\n:${'x'.repeat(20)}`, ['a', 'line-too-long']],
  ['holds unknown fields to the limit of a line', `data: a\n\n${'x'.repeat(21)}`, ['a', 'line-too-long']],
  ['takes an event of just the limit', `${line(20)}\n${line(20)}\n\n`, [`${value(20)}\n${value(20)}`]],
  ['refuses an event of one more', `data: a\n\n${line(20)}\n${line(20)}\nd`, ['a', 'event-too-large']],
  [
    'refuses it although its blank line is there',
    `${line(20)}\n${line(20)}\ndata: x\n\n`,
    ['event-too-large'],
  ],
  ['sees one line end in a CRLF', `${line(20)}\r\n${line(20)}\r\nd`, ['event-too-large']],
  ['names the line when it crosses both limits at once', `${line(20)}\n${line(21)}`, ['line-too-long']],
  [
    'counts each event by itself',
    `${line(20)}\n${line(15)}\n\n`.repeat(3),
    Array(3).fill(`${value(20)}\n${value(15)}`),
  ],
  [
    'counts events that have no data as well',
    `${`id: ${'x'.repeat(10)}\n`.repeat(2)}\n${'id: 1\n'.repeat(9)}`,
    ['event-too-large'],
  ],
  [
    'does not count comments as part of an event',
    `${line(20)}\n:1\n${':ping\n'.repeat(9)}${line(20)}\n\n`,
    [':1', ...Array(9).fill(':ping'), `${value(20)}\n${value(20)}`],
  ],
  [
    'never refuses a stream of heartbeats without a blank line',
    ': ping\n'.repeat(50),
    Array(50).fill(':ping'),
  ],
]

for (const [name, stream, expected] of cases) {
  test(`${name}, cut anywhere`, () => {
    for (const pieces of everyCut(toBytes(stream))) expect(decodeUnder(pieces)).toEqual(expected)
  })
}

test('counts bytes, cut anywhere, where they are UTF-8', () => {
  for (const [character, bytes] of [
    ['a', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ] as const) {
    const most = Math.floor(14 / bytes)
    const fits = character.repeat(most)
    for (const pieces of everyCut(toBytes(`data: ${fits}\n\n`))) expect(decodeUnder(pieces)).toEqual([fits])
    for (const pieces of everyCut(toBytes(`data: ${fits}${character}\n\n`))) {
      expect(decodeUnder(pieces)).toEqual(['line-too-long'])
    }
  }
})

const tokens = [
  'data: abc',
  'id: 1',
  'event: e',
  ': c',
  'xyz',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\r\n\r\n',
  'é',
  'xxxxxxx',
]

test('ends at the same place with the same error, however the bytes are cut', { timeout: 60_000 }, () => {
  let refused = 0
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...tokens), { maxLength: 30 }),
      fc.array(fc.nat({ max: 120 }), { maxLength: 6 }),
      fc.constantFrom(...everyBatching),
      (pieces, cuts, batching) => {
        const bytes = toBytes(pieces.join(''))
        const whole = decodeUnder([bytes])
        if (whole.some((entry) => entry.includes('-'))) refused += 1
        return [cuts, Array.from(bytes.keys())].every((at) =>
          isDeepStrictEqual(decodeUnder(cutAt(bytes, at), limits, batching), whole),
        )
      },
    ),
    { numRuns: 10_000 },
  )
  expect(refused).toBeGreaterThan(1000)
})

test('has limits of a mebi-character for a line and four for an event unless told otherwise', () => {
  const mebi = 1024 * 1024
  const taken: number[] = []
  const open = () => createSseDecoder({ onMessage: ({ data }) => taken.push(data.length) })
  open().push(toBytes(`${line(mebi)}\n${line(mebi)}\n${line(mebi)}\n${line(mebi)}\n\n`))
  expect(taken).toEqual([4 * (mebi - 6) + 3])
  expect(() => open().push(toBytes(line(mebi + 1)))).toThrow(
    expect.objectContaining({ code: 'line-too-long' }),
  )
  expect(() => open().push(toBytes(`${line(mebi)}\n`.repeat(4).concat('d')))).toThrow(
    expect.objectContaining({ code: 'event-too-large', message: expect.stringContaining('maxEventLength') }),
  )
})

test('stays spent after a limit, and lets no event after it through', () => {
  const seen: string[] = []
  const decoder = createSseDecoder({
    ...limits,
    incomplete: 'deliver',
    onMessage: ({ data }) => seen.push(data),
  })
  expect(() => decoder.push(toBytes(`data: a\n${line(30)}\n\ndata: b\n\n`))).toThrow('maxLineLength')
  expect(() => decoder.push(toBytes('\n\ndata: c\n\n'))).toThrow('maxLineLength')
  decoder.end()
  expect(seen).toEqual([])
})

test('turns a limit off by Infinity, and refuses what is no limit', () => {
  const off = { maxLineLength: Number.POSITIVE_INFINITY, maxEventLength: Number.POSITIVE_INFINITY }
  expect(decodeUnder([toBytes(`${line(5_000_000)}\n\n`)], off)).toEqual([value(5_000_000)])
  for (const bad of [0, -1, Number.NaN]) {
    expect(() => createSseDecoder({ onMessage: () => {}, maxLineLength: bad })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  }
})
