import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProviderError } from '../../errors.ts'
import type { JsonObject } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import type { ChatQuirks } from './quirks.ts'
import { planRelay } from './relay-rules.ts'
import { wireRequest } from './test-support.ts'

const faithful: ChatQuirks = {
  maxTokensField: 'max_completion_tokens',
  developerRole: true,
  reasoningField: 'reasoning_content',
}

/** `null` and absent say the same on this wire. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).filter(([, field]) => field != null)
  return Object.fromEntries(entries.map(([key, field]) => [key, withoutNulls(field)]))
}

const parse = (wire: object): JsonObject => {
  const value: unknown = JSON.parse(JSON.stringify(wire))
  if (!isJsonObject(value)) throw new Error('No object.')
  return value
}

test('a request that is decoded and encoded is the same JSON', () => {
  fc.assert(
    fc.property(wireRequest, (wire) => {
      const body = parse(wire)
      const { request, stream, warnings } = decodeRequest(body)
      const encoded = encodeRequest(request, { stream }, faithful)
      expect(withoutNulls(encoded.body)).toEqual(withoutNulls(body))
      expect(encoded.warnings).toEqual([])
      expect(warnings.map((warning) => warning.message)).toEqual(
        body.reasoning_effort === 'later' ? [expect.stringContaining('"later"')] : [],
      )
    }),
    { numRuns: 400 },
  )
})

/** A legal request with one value anywhere in it replaced, which finds more than JSON out of nothing. */
const damaged = fc.tuple(wireRequest, fc.nat(), fc.jsonValue({ maxDepth: 2 })).map(([wire, seed, value]) => {
  const body = parse(wire)
  const places: (() => void)[] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push(() => Object.assign(node, { [key]: value }))
      visit(Reflect.get(node, key))
    }
  }
  visit(body)
  places[seed % places.length]?.()
  return body
})

test.for([
  ['any JSON object', fc.dictionary(fc.string(), fc.jsonValue()).map(parse)],
  ['a request with a field out of place', damaged],
] as const)('%s is read, or the error names the field', ([, bodies]) => {
  fc.assert(
    fc.property(bodies, (body) => {
      try {
        const { request, stream } = decodeRequest(body)
        encodeRequest(request, { stream }, faithful)
        planRelay(body)
      } catch (error) {
        if (!isProviderError(error)) throw error
        expect(error).toMatchObject({ code: 'invalid-request', param: expect.stringMatching(/./) })
      }
    }),
    { numRuns: 400 },
  )
})
