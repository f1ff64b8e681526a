import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStreamCounter } from './stream-counter.ts'
import { corpus } from './testing/corpus.ts'
import { createEstimator, getTokenizer } from './tokenizer.ts'
import type { Tokenizer } from './types.ts'

const exact = await getTokenizer('gpt-4o')
const estimate = createEstimator({ model: 'claude-sonnet-4-6' })

/** A tokenizer that is not of this package, and how often it was asked. */
const createForeignTokenizer = (): Tokenizer & { asked: () => number } => {
  let asked = 0
  return {
    model: 'foreign',
    kind: 'estimate',
    count: (text) => {
      asked += 1
      return Math.ceil(text.length / 4)
    },
    countMessages: () => 0,
    countRequest: () => 0,
    asked: () => asked,
  }
}

test('a stream keeps its input, has output from its first characters on, and a total that is the sum', () => {
  const counter = createStreamCounter(estimate)
  counter.setInputTokens(100)
  expect(counter.usage()).toEqual({ inputTokens: 100, outputTokens: 0, totalTokens: 100, estimated: true })
  counter.push('Hel')
  expect(counter.usage().outputTokens).toBeGreaterThanOrEqual(1)
  counter.push('lo, ')
  counter.push('world!')
  const usage = counter.complete()
  expect(usage.inputTokens).toBe(100)
  expect(usage.outputTokens).toBe(estimate.count('Hello, world!'))
  expect(usage.totalTokens).toBe(usage.inputTokens + usage.outputTokens)
  expect(counter.complete()).toEqual(usage)
})

test('every way of cutting a text gives the count of the whole, with any tokenizer', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(corpus)),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }),
      (text, sizes) => {
        for (const tokenizer of [exact, estimate, createForeignTokenizer()]) {
          const counter = createStreamCounter(tokenizer)
          let at = 0
          for (const size of sizes) {
            counter.push(text.slice(at, at + size))
            at = Math.min(text.length, at + size)
            expect(counter.usage().outputTokens).toBe(tokenizer.count(text.slice(0, at)))
          }
          counter.push(text.slice(at))
          expect(counter.complete().outputTokens).toBe(tokenizer.count(text))
        }
      },
    ),
  )
})

test('usage is an estimate until both of the figures of the provider are in', () => {
  const counter = createStreamCounter(exact)
  counter.setInputTokens(10)
  counter.push('Hello')
  expect(counter.usage().estimated).toBe(true)
  counter.setUsage({ outputTokens: 7 })
  expect(counter.usage()).toEqual({ inputTokens: 10, outputTokens: 7, totalTokens: 17, estimated: true })
  counter.setUsage({ inputTokens: 12 })
  expect(counter.usage()).toEqual({ inputTokens: 12, outputTokens: 7, totalTokens: 19, estimated: false })
})

test('a figure that came before more text is a lower bound, and a later one replaces it', () => {
  const counter = createStreamCounter(exact)
  counter.setUsage({ inputTokens: 25, outputTokens: 1 })
  expect(counter.usage()).toMatchObject({ outputTokens: 1, estimated: false })
  counter.push('One two three four')
  expect(counter.usage()).toMatchObject({ inputTokens: 25, outputTokens: 4, estimated: true })
  counter.setUsage({ inputTokens: 61, outputTokens: 9 })
  expect(counter.complete()).toEqual({ inputTokens: 61, outputTokens: 9, totalTokens: 70, estimated: false })
})

test('a count that is no count is refused', () => {
  const counter = createStreamCounter(exact)
  for (const tokens of [-1, 1.5, Number.NaN]) {
    expect(() => counter.setInputTokens(tokens)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    expect(() => counter.setUsage({ outputTokens: tokens })).toThrow(String(tokens))
  }
})

test('a tokenizer that cannot count on is only asked when somebody looks at more text', () => {
  const tokenizer = createForeignTokenizer()
  const counter = createStreamCounter(tokenizer)
  for (let i = 0; i < 50; i += 1) counter.push('text ')
  counter.usage()
  counter.usage()
  expect(tokenizer.asked()).toBe(1)
})
