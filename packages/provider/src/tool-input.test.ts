import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isJsonObject } from './dialects/json.ts'
import { parseExact } from './exact-json.ts'
import { toPlainInput, toToolInput } from './tool-input.ts'

test('no text is no arguments', () => {
  expect(toToolInput('')).toEqual({ input: {} })
  expect(toToolInput(' \n')).toEqual({ input: {} })
})

test('an object is parsed and its text dropped, however it is spaced and escaped', () => {
  expect(toToolInput('{"a": 1.5, "b": [100, -1e-7], "caf\\u00e9": "\\/\\" : 9"}')).toEqual({
    input: { a: 1.5, b: [100, -1e-7], café: '/" : 9' },
  })
})

test('text that is not an object is kept beside an empty input', () => {
  for (const text of ['{"a":', 'nonsense', '[1]', '"x"', 'null', '12']) {
    expect(toToolInput(text)).toEqual({ input: {}, inputText: text })
  }
})

test('numbers that a double cannot hold, or that JavaScript writes otherwise, keep their text', () => {
  const lost = ['{"id":12345678901234567890}', '{"x":[{"y":3.14159265358979323846}]}', '{"x":1e999}']
  for (const text of [...lost, '{"x":1.0}', '{"x":[1.10]}', '{"x":-0}', '{"x":1e2}']) {
    expect(toToolInput(text).inputText).toBe(text)
    expect(toToolInput(text).input).toEqual(JSON.parse(text))
  }
})

test('an input that was parsed with its numbers exact is plain beside its text', () => {
  const text = '{"id":12345678901234567890,"x":[{"y":1.0}]}'
  const exact = parseExact(text, 'input')
  expect(isJsonObject(exact) && toPlainInput(exact)).toEqual({ input: JSON.parse(text), inputText: text })
  const plain = { a: [1, null, 'x'] }
  expect(toPlainInput(plain)).toEqual({ input: plain })
})

test('a key that stands twice in one object keeps its text, in two objects it does not', () => {
  expect(toToolInput('{"a":1,"a":2}').inputText).toBe('{"a":1,"a":2}')
  expect(toToolInput('{"a":1,"\\u0061" :2}').inputText).toBeDefined()
  expect(toToolInput('{"a":{"a":1},"b":[{"a":1},{"a":"a"}]}').inputText).toBeUndefined()
})

test('what JSON.stringify writes always survives', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (value, space) => {
      const text = JSON.stringify(value, undefined, space)
      const result = toToolInput(text)
      expect(result.inputText).toBeUndefined()
      expect(JSON.stringify(result.input)).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

/** The whole number that a double is written as, which from 2^53 on need not be the one that it holds. */
const spelled = (double: number): bigint => {
  const [digits = '', exponent = '0'] = String(double).split('e+')
  const [whole = '', fraction = ''] = digits.split('.')
  return BigInt(whole + fraction.padEnd(Number(exponent), '0'))
}

test('any decimal literal survives exactly when a double spells the same value', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
      const exact = spelled(Number(value)) === value
      if (toToolInput(`{"n":${value}}`).inputText === undefined) expect(exact).toBe(true)
      if (Number.isSafeInteger(Number(value)) && exact) {
        expect(toToolInput(`{"n":${value}}`).inputText).toBeUndefined()
      }
    }),
  )
})

test('reading is linear: a megabyte of escapes, zeros or keys does not hang', () => {
  expect(toToolInput(`{"a":"${'\\"'.repeat(500_000)}"}`).inputText).toBeUndefined()
  expect(toToolInput(`{"a":0.${'0'.repeat(500_000)}1}`).inputText).toBeDefined()
  const keys = Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')
  expect(toToolInput(`{${keys}}`).inputText).toBeUndefined()
})
