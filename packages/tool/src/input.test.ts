import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isToolError } from './errors.ts'
import { describeIssues, parseInputText, toInput } from './input.ts'
import { defaultToolLimits } from './limits.ts'

const limits = defaultToolLimits
const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`

const refusal = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (isToolError(error) && error.code === 'invalid-input') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

test('reads arguments, and takes no text as no arguments', () => {
  expect(parseInputText('{"a":[1,{"b":null}]}', limits)).toEqual({ a: [1, { b: null }] })
  expect(parseInputText('', limits)).toEqual({})
  expect(parseInputText(' \n', limits)).toEqual({})
  expect(toInput(undefined, limits)).toEqual({})
})

test('tells where arguments stop being JSON, and shows their beginning', () => {
  expect(refusal(() => parseInputText('{"city": "Os', limits))).toMatch(
    /not valid JSON \(fault at position 12 of 12\): "{\\"city\\": \\"Os"/,
  )
  const long = `{"text":"${'x'.repeat(500)}`
  const message = refusal(() => parseInputText(long, limits))
  expect(message).toContain('of 509')
  expect(message.length).toBeLessThan(250)
})

test('refuses JSON that is no object', () => {
  for (const text of ['[]', 'null', '1', '"x"', 'true']) {
    expect(refusal(() => parseInputText(text, limits))).toContain('must be a JSON object, but is')
  }
  for (const value of [[], 1, 'x', '', true, null, () => 1, Symbol('s')]) {
    expect(refusal(() => toInput(value, limits))).toContain('must be a JSON object, but is')
  }
})

test('refuses what cannot be written as JSON', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  let deep: unknown = {}
  for (let level = 0; level < 100_000; level += 1) deep = { deep }
  for (const value of [cyclic, { big: 1n }, deep]) {
    expect(refusal(() => toInput(value, limits))).toContain('cannot be written as JSON')
  }
})

test('accepts 64 levels and 1 MiB, and nothing deeper or larger', () => {
  expect(parseInputText(nested(64), limits)).toBeTypeOf('object')
  expect(refusal(() => parseInputText(nested(65), limits))).toContain('nested too deeply')
  expect(refusal(() => toInput({ a: JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`) }, limits))).toContain(
    'nested too deeply',
  )
  const ofSize = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`
  expect(parseInputText(ofSize(1 << 20), limits)).toBeTypeOf('object')
  expect(refusal(() => parseInputText(ofSize((1 << 20) + 1), limits))).toBe(
    'The input has 1048577 bytes, at most 1048576 are allowed.',
  )
  expect(refusal(() => toInput({ a: 'ä'.repeat(1 << 19) }, limits))).toContain('at most 1048576')
})

test('refuses the keys by which a merge would reach every object, at any depth', () => {
  for (const text of [
    '{"__proto__":{"polluted":true}}',
    '{"a":[{"__proto__":1}]}',
    '{"constructor":{"prototype":{"polluted":true}}}',
  ]) {
    expect(refusal(() => parseInputText(text, limits))).toContain('not allowed')
    expect(refusal(() => toInput(JSON.parse(text), limits))).toContain('not allowed')
  }
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('takes words like constructor and prototype as the plain data that they are', () => {
  const input = parseInputText('{"constructor":"Ferrari","prototype":[1]}', limits)
  expect(Object.entries(input)).toEqual([
    ['constructor', 'Ferrari'],
    ['prototype', [1]],
  ])
})

test('refuses keys that are no valid Unicode', () => {
  expect(refusal(() => parseInputText('{"\\ud800":1}', limits))).toContain('not valid Unicode')
})

test('hands over a copy', () => {
  const input = { list: [1] }
  const copy = toInput(input, limits)
  expect(copy).toEqual(input)
  expect(copy.list).not.toBe(input.list)
})

test('any text is read or refused, never anything else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((text) => text.slice(1)),
      ),
      (text) => {
        try {
          expect(parseInputText(text, limits)).toBeTypeOf('object')
        } catch (error) {
          expect(isToolError(error) && error.code).toBe('invalid-input')
        }
      },
    ),
  )
})

test('describes at most five issues, each of them shortened', () => {
  const issues = Array.from({ length: 7 }, (_, index) => ({
    message: index === 0 ? 'x'.repeat(1000) : 'expected text',
    path: index === 1 ? [] : ['a', { key: index }],
  }))
  const lines = describeIssues(issues).split('\n')
  expect(lines[0]).toBe('The input does not fit:')
  expect(lines[1]).toHaveLength(201)
  expect(lines.slice(2)).toEqual([
    'input: expected text',
    'a.2: expected text',
    'a.3: expected text',
    'a.4: expected text',
    '(and 2 more)',
  ])
})
