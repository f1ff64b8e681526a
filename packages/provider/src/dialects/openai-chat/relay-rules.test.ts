import { expect, test } from 'vitest'
import { planRelay, relayRules } from './relay-rules.ts'

test.for([
  [
    { stream: true, stream_options: { include_usage: true } },
    { stream: true, includeUsage: true },
  ],
  [
    { stream: true, stream_options: { include_usage: false } },
    { stream: true, includeUsage: false },
  ],
  [
    { stream: null, stream_options: null, n: 5 },
    { stream: false, includeUsage: false, readsAll: true },
  ],
] as const)('of %j a relay knows %j', ([body, plan]) => {
  expect(planRelay({ model: 'm', ...body })).toEqual(plan)
})

test('what no upstream could take is told with its field', () => {
  expect(() => planRelay({})).toThrow(expect.objectContaining({ param: 'model' }))
  expect(() => planRelay({ model: 'm', stream: 'yes' })).toThrow(expect.objectContaining({ param: 'stream' }))
})

const usage = { prompt_tokens: 1 }

test.for([
  [{ choices: [], usage }, true],
  [{ choices: [], usage: null }, false],
  [{ choices: [], prompt_filter_results: [] }, false],
  [{ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }, false],
  [{ choices: [], usage, error: { message: 'x' } }, false],
  [[], false],
  ['[DONE]', false],
] as const)('%j holds nothing but usage: %s', ([data, expected]) => {
  expect(relayRules.isUsageOnly(typeof data === 'string' ? data : JSON.stringify(data))).toBe(expected)
})

test('text that looks like an event that matters is no needle', () => {
  const content = JSON.stringify({ delta: { content: '"finish_reason":"stop","usage":{},"error":{}' } })
  expect(relayRules.needles.some((needle) => content.includes(needle))).toBe(false)
})
