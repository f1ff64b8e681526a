import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import type { Exchange } from '../v1/exchange.ts'
import { createRoutes, findResource, routeOf } from '../v1/routes.ts'
import { createDocument } from './document.ts'
import { operations, parametersOf, templateOf } from './operations.ts'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

// As a client reads it.
const document: Json = JSON.parse(JSON.stringify(createDocument('1.2.3')))

const resolve = (pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document)

/** All values of a key, wherever it stands. */
const valuesOf = (key: string, value: unknown): unknown[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, child]) => [
        ...(name === key ? [child] : []),
        ...valuesOf(key, child),
      ])
    : []

const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)

test('what the app serves is documented, and what is documented is served', () => {
  const { app, deps } = createTestApp()
  const served = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  const routes = createRoutes(deps)
  const underV1 = [...routes].map(([path, { method }]) => `${method} ${path}`)
  // The one route there that has a parameter, which its table does not show.
  const withName = 'GET /v1/models/:model'
  expect(documented.toSorted()).toEqual([...new Set([...served, ...underV1, withName])].toSorted())
  const exchange = { method: 'GET', path: '/v1/models/some-model' } as Exchange
  expect(routeOf(findResource(routes, exchange.path), exchange)).toBe(routes.get('/v1/models')?.route)
})

test('each operation has an id of its own, and every reference leads somewhere', () => {
  expect(document).toMatchObject({ openapi: '3.1.1', info: { title: 'Gateway', version: '1.2.3' } })
  const found = Object.values(document.paths as Json).flatMap((path) => Object.values(path as Json))
  expect(found.length).toBe(operations.length)
  const ids = found.map((operation) => (operation as Json).operationId)
  expect(new Set(ids).size).toBe(ids.length)
  const references = valuesOf('$ref', document)
  expect(references.length).toBeGreaterThan(100)
  for (const reference of references) expect(resolve(String(reference)), String(reference)).toBeDefined()
  // What JSON Schema adds for itself has another meaning, or none, inside of a document.
  expect(valuesOf('$id', document)).toEqual([])
  expect(valuesOf('$schema', document)).toEqual([])
})

test('each operation describes its parameters, its access and its answers', () => {
  for (const { method, path, id, isPublic } of operations) {
    const operation = (document.paths as Record<string, Json>)[templateOf(path)]?.[method]
    if (!isObject(operation)) throw new Error(`${id} is not in the document.`)
    const parameters = (operation.parameters as Json[]).filter((parameter) => parameter.in === 'path')
    expect(
      parameters.map(({ name }) => name),
      id,
    ).toEqual(parametersOf(path))
    for (const parameter of parameters)
      expect(parameter, id).toMatchObject({ required: true, description: expect.any(String) })
    const answers = Object.entries(operation.responses as Json)
    expect(
      answers.some(([status]) => status.startsWith('2')),
      id,
    ).toBe(true)
    for (const [status, answer] of answers) {
      expect(status, id).toMatch(/^([1-5]\d\d|[45]XX|default)$/)
      if (!isObject(answer) || answer.$ref === undefined)
        expect(answer, id).toMatchObject({ description: expect.any(String) })
    }
    expect(operation.security, id).toEqual(
      isPublic ? [] : id === 'streamSession' ? expect.any(Array) : undefined,
    )
  }
})

test('each example is a body that its route would take', () => {
  const bodies = operations.flatMap(({ id, body }) => (body === undefined ? [] : [{ id, ...body }]))
  expect(bodies.length).toBeGreaterThan(8)
  for (const { id, schema, example } of bodies) expect(schema.safeParse(example).error, id).toBeUndefined()
})

test('schemas of requests are those of the routes: closed under /api, open under /v1', () => {
  expect(resolve('#/components/schemas/SendMessage')).toMatchObject({
    type: 'object',
    required: ['content'],
    additionalProperties: false,
    properties: { max_tokens: { type: 'integer', minimum: 1, maximum: 10_000_000 } },
  })
  expect(resolve('#/components/schemas/ChatRequest')).toMatchObject({ additionalProperties: {} })
  expect(resolve('#/components/schemas/MessagesRequest')).toMatchObject({ additionalProperties: {} })
})
