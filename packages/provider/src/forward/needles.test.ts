import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFinder } from './needles.ts'

const toBytes = (text: string) => new TextEncoder().encode(text)
const find = (needles: readonly string[], text: string, from = 0) =>
  createFinder(needles).find(toBytes(text), from)

test('finds the first of several texts', () => {
  const needles = ['[DONE]', '"usage":{', 'error']
  expect(find(needles, 'data: {"usage":null}\n\ndata: [DONE]')).toBe(28)
  expect(find(needles, 'no such thing')).toBe(-1)
  expect(find(needles, 'error error', 1)).toBe(6)
  expect(find(needles, '')).toBe(-1)
})

test('finds JSON with white space between its tokens, and not within them', () => {
  const needles = ['"finish_reason":"', '"delta":{"stop"']
  for (const text of ['"finish_reason": "stop"', '"finish_reason"\t:  "', '"delta" : { "stop"']) {
    expect(find(needles, `{"a":1,${text}`)).toBeGreaterThan(0)
  }
  for (const text of [
    '"finish_reason":null',
    '"finish _reason":"',
    '\\"finish_reason\\":\\"',
    '"delta":{"x":1',
  ]) {
    expect(find(needles, `{"a":1,${text}}`)).toBe(-1)
  }
})

test('finds JSON whatever white space stands between its tokens, and how much of it', () => {
  const needles = ['"finish_reason":"', '"usage":{', '"object":"error"', '"type":"text_delta","text":"']
  const spaces = ['', ' ', '\t', '  ', '\t\t', ' \t', '\t ', ' '.repeat(40), '\t'.repeat(40)]
  for (const needle of needles) {
    for (const before of spaces) {
      for (const after of spaces) {
        const text = needle.replaceAll(/[:,{]/g, (mark) => before + mark + after)
        expect([text, find(needles, `data: ${text}`) > 0]).toEqual([text, true])
      }
    }
  }
})

test('finds exactly what a plain search finds', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 5 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 })
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), text, fc.nat(10), (needles, hay, from) => {
      const plain = needles.map((needle) => hay.indexOf(needle, from)).filter((at) => at >= 0)
      expect(find(needles, hay, from)).toBe(plain.length === 0 ? -1 : Math.min(...plain))
    }),
    { numRuns: 5000 },
  )
})

test('finds exactly what a pattern finds that allows white space between tokens', () => {
  const needles = ['"finish_reason":"', '"usage":{', '"error":', 'data: [DONE]', 'event: error']
  const pattern =
    /"finish_reason"[ \t]*:[ \t]*"|"usage"[ \t]*:[ \t]*\{|"error"[ \t]*:|data: \[DONE\]|event: error/
  const piece = fc.constantFrom(
    ...[
      '"finish_reason"',
      '"usage"',
      '"error"',
      ':',
      ' ',
      '\t',
      '"',
      '{',
      'null',
      'x',
      'error',
      'data: ',
      'event: ',
    ],
    '[DONE]',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), fc.nat(20), (pieces, from) => {
      const text = pieces.join('')
      const found = find(needles, text, from)
      const expected = pattern.exec(text.slice(from))
      expect(found < 0).toBe(expected === null)
      if (expected !== null) expect(found).toBe(from + expected.index)
    }),
    { numRuns: 2000 },
  )
})

test('finds exactly what a pattern finds, whichever tokens it searches for', () => {
  const needles = ['"a":"error"', '"error":', '"id":"x","data":"', 'error: no', 'error:no', '"data":{"error"']
  const patterns = [
    /"a"[ \t]*:[ \t]*"error"/g,
    /"error"[ \t]*:/g,
    /"id"[ \t]*:[ \t]*"x"[ \t]*,[ \t]*"data"[ \t]*:[ \t]*"/g,
    /error: no|error:no/g,
    /"data"[ \t]*:[ \t]*\{[ \t]*"error"/g,
  ]
  const piece = fc.oneof(
    fc.constantFrom('"a"', '"error"', '"id"', '"x"', '"data"', 'error', 'no', ':', ',', '{', '"', ' ', '\t'),
    fc.constantFrom(...needles, '"error": ', '"id": "x", ', '\u00e5', 'rror"'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), fc.nat(20), (pieces, from) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1')
      const text = bytes.toString('latin1')
      const found = createFinder(needles).find(bytes, from)
      const all = patterns.flatMap((pattern) => [...text.matchAll(pattern)])
      const isWithin = ({ 0: match, index }: RegExpExecArray) =>
        index <= found && found < index + match.length
      if (found >= 0) expect(all.some(isWithin)).toBe(true)
      if (found >= 0) expect(found).toBeGreaterThanOrEqual(from)
      // None that begins behind `from` ends before the one that was found.
      const missed = all.filter(
        ({ 0: match, index }) => index >= from && (found < 0 || index + match.length <= found),
      )
      expect(missed).toEqual([])
    }),
    { numRuns: 3000 },
  )
})
