import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExact, parseExact, toExactRequest } from './exact-json.ts'
import type { JsonValue } from './types/json.ts'

const again = (text: string, scope: 'request' | 'answer' | 'input') => JSON.stringify(parseExact(text, scope))

test('a tool’s input keeps every number as it is written', () => {
  for (const text of [
    '{"a":1.0}',
    '{"a":[-0,1e400]}',
    '{"a":12345678901234567890}',
    '{"a":0.0000001}',
    '1.10',
  ]) {
    expect(again(text, 'input')).toBe(text)
  }
})

test('a request keeps what a double cannot hold anywhere, and the rest in inputs alone', () => {
  expect(again('{"seed":9007199254740993,"temperature":1.0,"p":-0}', 'request')).toBe(
    '{"seed":9007199254740993,"temperature":1,"p":0}',
  )
  const block = '{"type":"tool_use","input":{"a":{"b":[1.0]}}}'
  expect(again(`{"temperature":1.0,"messages":[${block}]}`, 'request')).toBe(
    `{"temperature":1,"messages":[${block}]}`,
  )
})

test('of an answer only the inputs of calls hold exact numbers', () => {
  const text = '{"content":[{"type":"tool_use","input":{"a":1.0}}],"score":1.0,"big":12345678901234567890}'
  const value = parseExact(text, 'answer')
  expect(isExact(value)).toBe(true)
  expect(JSON.stringify(value)).toBe(text.replace('"score":1.0', '"score":1').replace('567890}', '567000}'))
  expect(isExact(parseExact('{"type":"server_tool_use","input":{"a":1.0}}', 'answer'))).toBe(false)
})

test('a request without such numbers is the value that it was', () => {
  const text = '{"model":"m","temperature":1.0,"messages":[{"content":"1.0, 12345678901234567890 \\" 1e9"}]}'
  const value = JSON.parse(text)
  expect(toExactRequest(new TextEncoder().encode(text), value)).toBe(value)
})

test('what is no JSON has no value', () => {
  for (const text of ['', '{', '{"a":1.0', '1.0.0', '"', '"\\', '-']) {
    expect(parseExact(text, 'input')).toBeUndefined()
  }
})

const spelled = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.option(fc.nat()), fc.option(fc.integer()))
  .map(([isMinus, whole, fraction, exponent]) => {
    const tail = `${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`
    return `${isMinus ? '-' : ''}${whole}${tail}`
  })

/** JSON text whose numbers are spelled in any way. */
const texts: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    spelled,
    fc.string().map((text) => JSON.stringify(text)),
    fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { selector: ([key]) => key })
      .map((fields) => fields.filter(([key]) => !/^\d+$|^__proto__$/.test(key)))
      .map((fields) => `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${item}`).join(',')}}`),
  ),
})).value

test('any input comes out as the text that it was, and reads as it did', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const value: JsonValue | undefined = parseExact(text, 'input')
      expect(JSON.stringify(value)).toBe(text)
      expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(text))
    }),
  )
})

test('looking for such numbers is linear: a megabyte of escapes or digits does not hang', () => {
  for (const text of [
    `["${'\\\\'.repeat(500_000)}",1.0]`,
    `["${'\\"'.repeat(500_000)}",1.0]`,
    '1'.repeat(1_000_000),
  ]) {
    expect(again(text, 'input')).toBe(text)
  }
})

test('no odd number of a request is missed, wherever it stands', () => {
  const places = [
    '{"a":#}',
    '{"x":"\\\\","a":[1,#]}',
    `{"x":"${'\\"'.repeat(40)}","a":#}`,
    `{"x":"${'é'.repeat(70)}\\\\","a": # }`,
  ]
  fc.assert(
    fc.property(spelled, fc.constantFrom(...places), fc.string(), (literal, place, text) => {
      const filled = place.replace('#', literal)
      const request = `{"s":${JSON.stringify(text)},${filled.slice(1)}`
      const exact = toExactRequest(new TextEncoder().encode(request), JSON.parse(request))
      expect(JSON.stringify(exact)).toBe(again(request, 'request'))
    }),
  )
})
