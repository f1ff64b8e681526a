import { expect, test } from 'vitest'
import { ProviderError, type ProviderErrorCode } from '../errors.ts'
import { defaultRetry, ruleFor, waitBeforeRetry } from './policy.ts'

const error = (code: ProviderErrorCode, retryAfterMs?: number) =>
  new ProviderError('x', { code, retryAfterMs })

test.for([
  ['rate-limit', 'again', 'yes'],
  ['overloaded', 'again', 'yes'],
  ['network', 'again', 'yes'],
  ['bad-response', 'again', 'yes'],
  ['timeout', 'not again', 'yes'],
  ['context-length', 'not again', 'yes'],
  ['quota', 'not again', 'yes'],
  ['unsupported', 'not again', 'yes'],
  ['authentication', 'not again', 'yes'],
  ['permission', 'not again', 'yes'],
  ['not-found', 'not again', 'configured'],
  ['content-filter', 'not again', 'no'],
  ['invalid-request', 'not again', 'no'],
] as const)('%s: the same target %s, the next one %s', ([code, again, next]) => {
  expect(waitBeforeRetry(error(code), 1, defaultRetry, 0.5) === undefined).toBe(again === 'not again')
  expect(ruleFor(error(code)).next).toBe(next)
})

test('the backoff doubles up to its cap, and is anything from nothing to that', () => {
  const retry = { ...defaultRetry, attempts: 10 }
  const waits = [1, 2, 3, 4, 5].map((failures) => waitBeforeRetry(error('network'), failures, retry, 1))
  expect(waits).toEqual([200, 400, 800, 1_600, 2_000])
  expect(waitBeforeRetry(error('network'), 5, retry, 0)).toBe(0)
})

test('a target is asked again twice, and no more', () => {
  const waits = [1, 2, 3].map((failures) => waitBeforeRetry(error('overloaded'), failures, defaultRetry, 1))
  expect(waits).toEqual([200, 400, undefined])
})

test('a wait that the upstream asks for is kept to the millisecond, or not made at all', () => {
  expect(waitBeforeRetry(error('rate-limit', 1_234), 1, defaultRetry, 0)).toBe(1_234)
  expect(waitBeforeRetry(error('overloaded', 5_000), 1, defaultRetry, 0)).toBe(5_000)
  expect(waitBeforeRetry(error('rate-limit', 5_001), 1, defaultRetry, 0)).toBeUndefined()
})
