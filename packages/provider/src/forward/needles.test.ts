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

test('finds exactly what a plain search finds', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 5 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 })
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), text, fc.nat(10), (needles, hay, from) => {
      const plain = needles.map((needle) => hay.indexOf(needle, from)).filter((at) => at >= 0)
      expect(find(needles, hay, from)).toBe(plain.length === 0 ? -1 : Math.min(...plain))
    }),
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
