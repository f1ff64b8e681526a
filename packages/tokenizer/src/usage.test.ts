import { expect, test } from 'vitest'
import { addUsage } from './usage.ts'

test('usages are added field by field, and stay what they were', () => {
  const first = { inputTokens: 100, outputTokens: 50, totalTokens: 150 }
  const second = { inputTokens: 7, outputTokens: 3, totalTokens: 10 }
  expect(addUsage(first, second)).toEqual({ inputTokens: 107, outputTokens: 53, totalTokens: 160 })
  expect(first).toEqual({ inputTokens: 100, outputTokens: 50, totalTokens: 150 })
})
