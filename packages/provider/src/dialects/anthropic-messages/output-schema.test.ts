import { expect, test } from 'vitest'
import type { JsonObject } from '../../types/json.ts'
import { createWarnings } from '../warnings.ts'
import { toOutputSchema } from './output-schema.ts'

const convert = (schema: JsonObject) => {
  const warnings = createWarnings()
  return { schema: toOutputSchema(schema, warnings), warnings: warnings.list() }
}

test('a schema that the API takes stays as it is, references and definitions too', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      minimum: { type: 'integer', description: 'A name like a keyword', enum: [1, 2] },
      list: { type: 'array', minItems: 1, items: { $ref: '#/$defs/item' } },
      when: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
    },
    required: ['minimum'],
    additionalProperties: false,
    $defs: { item: { type: 'object', properties: {}, additionalProperties: false } },
  }
  expect(convert(schema)).toEqual({ schema, warnings: [] })
})

test('what it would refuse is told to the model instead, with a warning for each keyword', () => {
  const { schema, warnings } = convert({
    type: 'object',
    properties: {
      age: { type: 'integer', description: 'In years.', minimum: 0, maximum: 150 },
      tags: { type: 'array', items: { type: 'string', minLength: 2 }, minItems: 3 },
      id: { type: 'string', format: 'color' },
    },
    additionalProperties: false,
  })
  expect(schema.properties).toEqual({
    age: { type: 'integer', description: 'In years. (minimum: 0, maximum: 150)' },
    tags: {
      type: 'array',
      items: { type: 'string', description: '(minLength: 2)' },
      description: '(minItems: 3)',
    },
    id: { type: 'string', description: '(format: "color")' },
  })
  const words = ['minimum', 'maximum', 'minLength', 'minItems', 'format']
  expect(warnings.map(({ code }) => code)).toEqual(words.map(() => 'unsupported-option'))
  for (const word of words) expect(warnings.some(({ message }) => message.includes(`"${word}"`))).toBe(true)
})

test('one of several is not put in the place of any of several', () => {
  const both = { anyOf: [{ type: 'string' }], oneOf: [{ type: 'null' }] }
  expect(convert(both).schema).toEqual(both)
})

test('objects are closed wherever they stand, and one of several is any of them', () => {
  expect(
    convert({
      type: 'object',
      properties: { inner: { type: 'object', additionalProperties: { type: 'string' } } },
      oneOf: [{ type: 'object' }, true],
    }).schema,
  ).toEqual({
    type: 'object',
    properties: {
      inner: {
        type: 'object',
        description: '(additionalProperties: {"type":"string"})',
        additionalProperties: false,
      },
    },
    anyOf: [{ type: 'object', additionalProperties: false }, true],
    additionalProperties: false,
  })
})
