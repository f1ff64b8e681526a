import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Usage } from '../types/completion.ts'
import { builtIn } from './built-in.ts'
import { costUsd, estimateCostUsd, lookupModel } from './catalogue.ts'
import type { ModelEntry } from './model-entry.ts'

test('cached tokens are charged at their own price', () => {
  const entry = { prices: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } }
  const usage = {
    inputTokens: 1_000_000,
    outputTokens: 100_000,
    cacheReadTokens: 600_000,
    cacheWriteTokens: 200_000,
  }
  expect(costUsd(entry, usage)).toBeCloseTo(0.2 * 3 + 0.1 * 15 + 0.6 * 0.3 + 0.2 * 3.75, 10)
})

test('what is written to a cache for an hour costs more than what is for minutes', () => {
  const sonnet = lookupModel('anthropic', 'claude-sonnet-4-6')
  const usage = { inputTokens: 1_000_000, outputTokens: 0, cacheWriteTokens: 1_000_000 }
  expect(costUsd(sonnet, usage)).toBeCloseTo(3.75, 10)
  expect(costUsd(sonnet, { ...usage, cacheWrite1hTokens: 1_000_000 })).toBeCloseTo(6, 10)
  expect(costUsd(sonnet, { ...usage, cacheWrite1hTokens: 200_000 })).toBeCloseTo(0.8 * 3.75 + 0.2 * 6, 10)
  // More for an hour than at all is a provider gone wrong.
  expect(costUsd(sonnet, { ...usage, cacheWrite1hTokens: 9_000_000 })).toBeCloseTo(6, 10)
  const unpriced = { prices: { input: 3, output: 15, cacheWrite: 3.75 } }
  expect(costUsd(unpriced, { ...usage, cacheWrite1hTokens: 1 })).toBeUndefined()
  for (const { prices, priceSteps = [] } of Object.values(builtIn.anthropic ?? {})) {
    for (const { input = 0, cacheWrite, cacheWrite1h } of [prices ?? {}, ...priceSteps]) {
      expect(cacheWrite1h).toBe(cacheWrite === undefined ? undefined : 2 * input)
    }
  }
})

test('a price that is missing makes the cost unknown, never 0', () => {
  const noCache = { prices: { input: 3, output: 15 } }
  expect(costUsd(noCache, { inputTokens: 10, outputTokens: 1, cacheReadTokens: 5 })).toBeUndefined()
  expect(costUsd(noCache, { inputTokens: 10, outputTokens: 1, cacheReadTokens: 0 })).toBeDefined()
  expect(costUsd({ prices: { input: 3 } }, { inputTokens: 10, outputTokens: 1 })).toBeUndefined()
  expect(costUsd({}, { inputTokens: 0, outputTokens: 0 })).toBeUndefined()
  expect(costUsd(undefined, { inputTokens: 10, outputTokens: 1 })).toBeUndefined()
  expect(estimateCostUsd(undefined, 10, 10)).toBeUndefined()
})

test('a long prompt has its own prices, from its first token on', () => {
  const haiku = lookupModel('anthropic', 'claude-haiku-5-5')
  expect(costUsd(haiku, { inputTokens: 100_000, outputTokens: 0 })).toBeCloseTo(0.01, 10)
  expect(costUsd(haiku, { inputTokens: 100_001, outputTokens: 0 })).toBeCloseTo(0.0500005, 10)
  const astra = lookupModel('openai', 'gpt-6-astra')
  const usage = {
    inputTokens: 300_000,
    outputTokens: 1_000,
    cacheReadTokens: 100_000,
    cacheWriteTokens: 50_000,
  }
  expect(costUsd(astra, usage)).toBeCloseTo(0.15 * 20 + 0.001 * 75 + 0.1 * 2 + 0.05 * 25, 10)
})

test('of several steps the highest that the input is over holds, in whatever order they are listed', () => {
  const entry = {
    prices: { input: 1, output: 1 },
    priceSteps: [
      { over: 200, input: 3, output: 3 },
      { over: 100, input: 2, output: 2 },
      { over: 300, input: 4, output: 4 },
    ],
  }
  const cost = (inputTokens: number) => (costUsd(entry, { inputTokens, outputTokens: 0 }) ?? 0) * 1_000_000
  expect([100, 101, 200, 201, 300, 301].map((tokens) => Math.round(cost(tokens)))).toEqual([
    100, 202, 400, 603, 900, 1204,
  ])
})

test('a step without prices makes the cost of a long prompt unknown', () => {
  const grok = lookupModel('xai', 'grok-4.20-reasoning')
  expect(costUsd(grok, { inputTokens: 200_000, outputTokens: 0 })).toBeCloseTo(0.25, 10)
  expect(costUsd(grok, { inputTokens: 200_001, outputTokens: 0 })).toBeUndefined()
})

test('more cached tokens than input never make an answer cheaper than what was cached', () => {
  const entry = { prices: { input: 3, output: 15, cacheRead: 0.3 } }
  expect(costUsd(entry, { inputTokens: 10, outputTokens: 0, cacheReadTokens: 100 })).toBeCloseTo(30 / 1e6, 12)
})

test('an answer is estimated no longer than the model can write', () => {
  const entry = { prices: { input: 1, output: 10 }, maxOutputTokens: 4_000 }
  expect(estimateCostUsd(entry, 1_000, 1_000)).toBeCloseTo(0.011, 10)
  expect(estimateCostUsd(entry, 1_000, 100_000)).toBeCloseTo(0.041, 10)
  expect(estimateCostUsd({ prices: { input: 1, output: 10 } }, 1_000, 100_000)).toBeCloseTo(1.001, 10)
})

const price = fc.option(fc.double({ min: 0, max: 1_000, noNaN: true }), { nil: undefined })
const prices = fc.record({ input: price, output: price, cacheRead: price, cacheWrite: price })
const tokens = fc.nat({ max: 2_000_000 })
const usages: fc.Arbitrary<Usage> = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: fc.option(tokens, { nil: undefined }),
  cacheWriteTokens: fc.option(tokens, { nil: undefined }),
})
const invented: fc.Arbitrary<ModelEntry> = fc.record({
  prices: fc.option(prices, { nil: undefined }),
  priceSteps: fc.array(
    fc.record({ over: tokens, ...{ input: price, output: price, cacheRead: price, cacheWrite: price } }),
    { maxLength: 3 },
  ),
})
const listed = fc.constantFrom(...Object.values(builtIn).flatMap((table) => Object.values(table)))

test('a cost is a number of at least 0 or unknown, whatever a provider reports', () => {
  const wild = fc.record({
    inputTokens: fc.oneof(tokens, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
    outputTokens: fc.oneof(tokens, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
  })
  fc.assert(
    fc.property(fc.oneof(listed, invented), fc.oneof(usages, wild), (entry, usage) => {
      const cost = costUsd(entry, usage)
      expect(cost === undefined || (Number.isFinite(cost) && cost >= 0)).toBe(true)
    }),
  )
})

test('without the price of something that was used the cost is unknown', () => {
  fc.assert(
    fc.property(invented, usages, ({ prices }, usage) => {
      const known = costUsd({ prices }, usage) !== undefined
      const fresh = usage.inputTokens - (usage.cacheReadTokens ?? 0) - (usage.cacheWriteTokens ?? 0)
      const needed = [
        prices?.input,
        ...(fresh > 0 ? [prices?.input] : []),
        ...(usage.outputTokens > 0 ? [prices?.output] : []),
        ...((usage.cacheReadTokens ?? 0) > 0 ? [prices?.cacheRead] : []),
        ...((usage.cacheWriteTokens ?? 0) > 0 ? [prices?.cacheWrite] : []),
      ]
      expect(known).toBe(!needed.includes(undefined))
    }),
  )
})

test('at listed prices more tokens never cost less, over the steps and read from a cache too', () => {
  fc.assert(
    fc.property(listed, usages, fc.integer({ min: 1, max: 500_000 }), (entry, usage, more) => {
      const before = costUsd(entry, usage)
      const grown = [
        { ...usage, outputTokens: usage.outputTokens + more },
        { ...usage, inputTokens: usage.inputTokens + more },
        {
          ...usage,
          inputTokens: usage.inputTokens + more,
          cacheReadTokens: (usage.cacheReadTokens ?? 0) + more,
        },
      ]
      for (const after of grown.map((one) => costUsd(entry, one))) {
        if (before !== undefined && after !== undefined) expect(after).toBeGreaterThanOrEqual(before - 1e-9)
      }
    }),
    { numRuns: 500 },
  )
})
