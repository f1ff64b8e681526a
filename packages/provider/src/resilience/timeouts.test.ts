import { expect, test } from 'vitest'
import { sleep } from './clock.ts'
import { createVirtualClock } from './test-support.ts'
import { toTimeLimits } from './timeouts.ts'

test('limits are filled from the nearest to the most general', () => {
  const limits = toTimeLimits({ stallMs: 1 }, { stallMs: 2, totalMs: 3 }, undefined)
  expect(limits).toEqual({ connectMs: 5_000, firstTokenMs: 120_000, stallMs: 1, totalMs: 3 })
})

test('a sleep ends in time, or with the reason of its signal', async () => {
  const clock = createVirtualClock()
  const order: string[] = []
  const slept = sleep(clock, 50).then(() => order.push('slept'))
  const controller = new AbortController()
  const cut = sleep(clock, 50, controller.signal).catch((reason) => order.push(reason))
  controller.abort('left')
  await cut
  await clock.advance(50)
  await slept
  expect(order).toEqual(['left', 'slept'])
  expect(clock.pending()).toBe(0)
  await expect(sleep(clock, 50, controller.signal)).rejects.toBe('left')
})
