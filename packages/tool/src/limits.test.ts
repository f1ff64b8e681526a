import { expect, test } from 'vitest'
import { defaultToolLimits, resolveLimits } from './limits.ts'

test('limits that are not given keep their defaults', () => {
  expect(resolveLimits()).toEqual(defaultToolLimits)
  expect(resolveLimits({ timeoutMs: 5, maxOutputBytes: undefined })).toEqual({
    ...defaultToolLimits,
    timeoutMs: 5,
  })
  expect(defaultToolLimits).toEqual({
    timeoutMs: 10_000,
    maxInputBytes: 1_048_576,
    maxInputDepth: 64,
    maxOutputBytes: 1_048_576,
    concurrentPerTenant: 4,
    concurrentTotal: 16,
    queuedPerTenant: 64,
  })
})

test('a limit that makes no sense is refused with its name, its range and the value', () => {
  expect(() => resolveLimits({ timeoutMs: 600_001 })).toThrow(
    'limits.timeoutMs must be a whole number from 1 to 600000, got 600001.',
  )
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => resolveLimits({ concurrentTotal: value })).toThrow(/limits\.concurrentTotal/)
  }
  expect(resolveLimits({ queuedPerTenant: 0 }).queuedPerTenant).toBe(0)
})
