import { expect, test } from 'vitest'
import { mergeFields, otherFields } from './json.ts'

test('other fields are those that say something and are not known, whatever they are called', () => {
  const value = JSON.parse('{"a":1,"b":null,"c":false,"__proto__":{"d":2},"constructor":"e"}')
  const others = otherFields(value, ['a'])
  expect(JSON.stringify(others)).toBe('{"c":false,"__proto__":{"d":2},"constructor":"e"}')
  expect(Object.getPrototypeOf(others)).toBe(Object.prototype)
  expect(otherFields([1], [])).toEqual({})
})

test('a later field wins, unless it says nothing', () => {
  expect(mergeFields({ a: 1, b: 2 }, { a: null, b: 3, c: 4 })).toEqual({ a: 1, b: 3, c: 4 })
})
