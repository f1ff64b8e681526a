import type { JsonObject } from '@gateway/provider'
import { expect, expectTypeOf, test } from 'vitest'
import { defineTool } from './define-tool.ts'
import { isToolError } from './errors.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

const objectSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

/** A schema library of our own, small enough to see through: it trims a city and derives JSON Schema. */
const citySchema: StandardSchemaV1<{ city: string }, { city: string; trimmed: boolean }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const city = typeof value === 'object' && value !== null && 'city' in value ? value.city : undefined
      return typeof city === 'string'
        ? { value: { city: city.trim(), trimmed: city.trim() !== city } }
        : { issues: [{ message: 'expected text', path: [{ key: 'city' }] }] }
    },
    jsonSchema: {
      input: ({ target }) => ({ $schema: `https://json-schema.org/${target}`, ...objectSchema }),
      output: () => ({}),
    },
  },
}

const thrownBy = (action: () => unknown): unknown => {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

test('defines a tool from JSON Schema with safe defaults', async () => {
  const tool = defineTool({ name: 'city', description: 'A city.', input: objectSchema, execute: () => 'ok' })
  expect(tool).toMatchObject({
    name: 'city',
    description: 'A city.',
    inputSchema: objectSchema,
    idempotent: false,
    dangerous: false,
    timeoutMs: undefined,
  })
  const check = tool.schema?.['~standard'].validate
  expect(check?.({ city: 'Oslo' })).toEqual({ value: { city: 'Oslo' } })
  expect(check?.({})).toHaveProperty('issues')
})

test('derives JSON Schema from a Standard Schema, without the address of the dialect', () => {
  const tool = defineTool({ name: 'city', description: '', input: citySchema, execute: ({ city }) => city })
  expect(tool.inputSchema).toEqual(objectSchema)
  expect(tool.schema).toBe(citySchema)
})

test('infers the type of the input from a Standard Schema, and takes a named one for JSON Schema', () => {
  defineTool({
    name: 'a',
    description: '',
    input: citySchema,
    execute: (input, context) => {
      expectTypeOf(input).toEqualTypeOf<{ city: string; trimmed: boolean }>()
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>()
      return null
    },
  })
  defineTool({
    name: 'b',
    description: '',
    input: objectSchema,
    execute: (input) => {
      expectTypeOf(input).toEqualTypeOf<JsonObject>()
      return input
    },
  })
  defineTool<{ city: string }>({
    name: 'c',
    description: '',
    input: objectSchema,
    execute: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ city: string }>()
      return input.city
    },
  })
  const definition = { name: 'd', description: '', input: objectSchema }
  // @ts-expect-error a function is no output of a tool
  defineTool({ ...definition, execute: () => () => 'x' })
})

test('asks for inputSchema where the schema library derives none, and takes it', () => {
  const { jsonSchema: _, ...props } = citySchema['~standard']
  const bare: typeof citySchema = { '~standard': props }
  const define = (inputSchema?: JsonObject) =>
    defineTool({ name: 'city', description: '', input: bare, inputSchema, execute: () => 'x' })
  expect(() => define()).toThrow(/library "test" of tool "city".*pass "inputSchema"/)
  expect(define(objectSchema).inputSchema).toEqual(objectSchema)
})

test('asks for inputSchema where the schema cannot be written as JSON Schema', () => {
  const broken: typeof citySchema = {
    '~standard': {
      ...citySchema['~standard'],
      jsonSchema: {
        input: () => {
          throw new Error('dates have no JSON Schema')
        },
        output: () => ({}),
      },
    },
  }
  const error = thrownBy(() =>
    defineTool({ name: 'city', description: '', input: broken, execute: () => 'x' }),
  )
  expect(error).toMatchObject({ code: 'invalid-tool', tool: 'city' })
  expect(String(error)).toMatch(/dates have no JSON Schema.*pass "inputSchema"/)
})

test('refuses malformed definitions with an error that quotes what is wrong', () => {
  const define = (changes: object) => () =>
    defineTool({ name: 'city', description: '', input: objectSchema, execute: () => 'x', ...changes })
  const cases: [object, RegExp][] = [
    [{ name: '' }, /got ""/],
    [{ name: 'get weather' }, /got "get weather"/],
    [{ name: 'a'.repeat(65) }, /1 to 64/],
    [{ name: undefined }, /got "undefined"/],
    [{ timeoutMs: 0 }, /from 1 to 600000, got 0/],
    [{ timeoutMs: 600_001 }, /got 600001/],
    [{ timeoutMs: Number.NaN }, /got NaN/],
    [{ input: {} }, /"type": "object"/],
    [{ input: { type: 'string' } }, /"type": "object"/],
    [{ input: undefined }, /"type": "object"/],
    [{ input: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } } }, /JSON Schema/],
  ]
  for (const [changes, message] of cases) {
    const error = thrownBy(define(changes))
    expect(isToolError(error) && error.code).toBe('invalid-tool')
    expect(String(error)).toMatch(message)
  }
  expect(define({ name: `${'a'.repeat(60)}-_Z9` })().name).toHaveLength(64)
  expect(define({ timeoutMs: 600_000 })().timeoutMs).toBe(600_000)
})

test('holds its own copy of the schema', () => {
  const input = structuredClone(objectSchema)
  const tool = defineTool({ name: 'city', description: '', input, execute: () => 'x' })
  input.required = []
  expect(tool.inputSchema).toEqual(objectSchema)
})
