import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toToolId } from './tool-id.ts'

const anthropic = { illegal: /[^a-zA-Z0-9_-]/g, maxLength: 64 }
const openai = { maxLength: 40 }
const unit = fc.constantFrom('a', 'B', '7', '_', '-', '.', ':', ' ', 'é', '🦊')

test('a legal id stays as it is', () => {
  expect(toToolId('toolu_01A-b', anthropic)).toBe('toolu_01A-b')
  expect(toToolId('call:1', openai)).toBe('call:1')
})

test('any id becomes a legal one, always the same', () => {
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 80 }), (id) => {
      expect(toToolId(id, anthropic)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
      expect(toToolId(id, openai).length).toBeLessThanOrEqual(40)
      expect(toToolId(id, openai)).toBe(toToolId(id, openai))
    }),
  )
})

test('two ids become two', () => {
  // Of few characters, so that many are the same once what is illegal is replaced and what is too long is cut.
  const distinct = fc.uniqueArray(fc.string({ unit, maxLength: 60 }), { minLength: 2, maxLength: 20 })
  fc.assert(
    fc.property(distinct, (ids) => {
      for (const rule of [anthropic, openai]) {
        expect(new Set(ids.map((id) => toToolId(id, rule))).size).toBe(ids.length)
      }
    }),
  )
})
