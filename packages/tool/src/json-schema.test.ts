import type { JsonObject } from '@gateway/provider'
import { expect, test } from 'vitest'
import { fromJsonSchema } from './json-schema.ts'
import type { StandardSchemaResult } from './standard-schema.ts'

const check = (schema: JsonObject, value: unknown): string[] => {
  const result = fromJsonSchema(schema)['~standard'].validate(value) as StandardSchemaResult<JsonObject>
  return (result.issues ?? []).map(({ message, path = [] }) => `${path.map(String).join('.')}: ${message}`)
}

const order: JsonObject = {
  type: 'object',
  properties: {
    size: { type: 'string', enum: ['small', 'large'] },
    count: { type: 'integer', minimum: 1 },
    items: {
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'number' } }, required: ['id'] },
    },
  },
  required: ['size', 'count'],
  additionalProperties: false,
}

test('accepts what fits and hands over the very same value', () => {
  const value = { size: 'small', count: 2, items: [{ id: 1, more: true }] }
  expect(fromJsonSchema(order)['~standard'].validate(value)).toEqual({ value })
  expect(check({ type: 'object' }, { anything: [1, null, { b: 'c' }] })).toEqual([])
})

test('names each fault with its path: required, enum, types, nested, additional', () => {
  expect(check(order, {})).toEqual([
    ': Instance does not have required property "size".',
    ': Instance does not have required property "count".',
  ])
  expect(check(order, { size: 'huge', count: '2' })).toEqual([
    'size: Instance does not match any of ["small","large"].',
    'count: Instance type "string" is invalid. Expected "integer".',
  ])
  expect(check(order, { size: 'small', count: 1.5, items: [{ id: 1 }, {}, { id: 'x' }] })).toEqual([
    'count: Instance type "number" is invalid. Expected "integer".',
    'items.1: Instance does not have required property "id".',
    'items.2.id: Instance type "string" is invalid. Expected "number".',
  ])
  expect(check(order, { size: 'small', count: 1, colour: 'red' })).toEqual([
    'colour: This is not allowed here.',
  ])
  expect(check(order, null)).toEqual([': Instance type "null" is invalid. Expected "object".'])
})

test('reports keys as they are, whatever characters they have', () => {
  const schema = { type: 'object', additionalProperties: { type: 'string' } }
  for (const key of ['a/b', 'ä ö', '~1', '%25', '#x', '😀', 'constructor', 'toString']) {
    expect(check(schema, { [key]: 1 })).toEqual([
      `${key}: Instance type "number" is invalid. Expected "string".`,
    ])
  }
})

test('follows references, also recursive ones', () => {
  const tree: JsonObject = {
    type: 'object',
    properties: { children: { type: 'array', items: { $ref: '#' } }, leaf: { $ref: '#/$defs/leaf' } },
    $defs: { leaf: { type: 'string' } },
  }
  expect(check(tree, { children: [{ children: [], leaf: 'x' }] })).toEqual([])
  expect(check(tree, { children: [{ leaf: 1 }] })).toEqual([
    'children.0.leaf: Instance type "number" is invalid. Expected "string".',
  ])
})

test('checks common formats, and leaves the others as the annotations that they are', () => {
  const schema = (format: string) => ({ type: 'object', properties: { a: { type: 'string', format } } })
  expect(check(schema('email'), { a: 'nobody' })).toEqual(['a: String does not match format "email".'])
  expect(check(schema('date-time'), { a: '2026-11-22T10:00:00Z' })).toEqual([])
  expect(check(schema('url'), { a: 'not one' })).toEqual([])
  const named = { type: 'object', properties: { format: { const: { format: 'url' } } } }
  expect(check(named, { format: { format: 'url' } })).toEqual([])
})

test('does not change the schema that it is given', () => {
  const schema = { type: 'object', properties: { a: { type: 'string', format: 'url' }, b: { $ref: '#' } } }
  const before = JSON.stringify(schema)
  check(schema, { a: 'x', b: {} })
  expect(JSON.stringify(schema)).toBe(before)
  expect(Object.getOwnPropertyNames(schema)).toEqual(['type', 'properties'])
})

test('refuses schemas that would fail in the middle of a call', () => {
  const schemas: [JsonObject, RegExp][] = [
    [{ type: 'object', properties: { a: { pattern: '[' } } }, /cannot be used/],
    [{ type: 'object', patternProperties: { '(': true } }, /cannot be used/],
    [{ type: 'object', properties: { a: { $ref: '#/$defs/none' } } }, /"#\/\$defs\/none" leads nowhere/],
    [{ type: 'object', properties: { a: { $ref: 'https://example.com/x' } } }, /leads nowhere/],
    [{ type: 'object', $ref: '#' }, /cannot be used/],
  ]
  for (const [schema, message] of schemas) expect(() => fromJsonSchema(schema)).toThrow(message)
})

test('does not compare every item of a huge array with every other', () => {
  const schema = { type: 'object', properties: { ids: { type: 'array', uniqueItems: true } } }
  const ids = Array.from({ length: 1000 }, (_, index) => index)
  expect(check(schema, { ids })).toEqual([])
  expect(check(schema, { ids: [1, 2, 1] })).toEqual(['ids: Duplicate items at indexes 0 and 2.'])
  expect(check(schema, { ids: [...ids, 1000] })).toEqual([
    ': An array has 1001 items, at most 1000 can be checked.',
  ])
})

test('stops at the first fault of a huge value', () => {
  const schema = { type: 'object', properties: { ids: { type: 'array', items: { type: 'string' } } } }
  const faults = (length: number) => check(schema, { ids: Array.from({ length }, (_, index) => index) })
  expect(faults(900)).toHaveLength(900)
  expect(faults(200_000)).toHaveLength(1)
})
