import fc from 'fast-check'
import { Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createHistogram } from './histogram.ts'

const buckets = [0.1, 0.5, 1, 10]
const shape = { name: 'seconds', help: 'How long.', labelNames: ['route', 'who'], buckets }

test('a histogram reads as the library would write it, whatever was observed', async () => {
  const value = fc.oneof(fc.constantFrom(...buckets), fc.double({ min: 0, max: 20, noNaN: true }))
  const observation = fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y"\n'), value)
  await fc.assert(
    fc.asyncProperty(fc.array(observation), async (observations) => {
      const registry = new Registry()
      const other = new Registry()
      const ours = createHistogram({ ...shape, registry })
      const theirs = new Histogram({ ...shape, registers: [other] })
      for (const [route, who, seconds] of observations) {
        ours(route, who).observe(seconds)
        theirs.labels(route, who).observe(seconds)
      }
      expect(await registry.metrics()).toBe(await other.metrics())
    }),
  )
})

test('a histogram without labels is there before anything was observed', async () => {
  const registry = new Registry()
  createHistogram({ name: 'seconds', help: 'How long.', buckets, registry })
  expect(await registry.metrics()).toContain('seconds_bucket{le="+Inf"} 0')
})

test('what is no number is not observed', async () => {
  const registry = new Registry()
  const observed = createHistogram({ name: 'seconds', help: 'How long.', buckets, registry })
  observed().observe(Number.NaN)
  observed().observe(0.1)
  expect(await registry.metrics()).toContain('seconds_count 1')
})
