import { expect, test } from 'vitest'
import type { JsonObject } from '../../types/json.ts'
import { decodeResponse } from './decode-response.ts'
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
  ['{"choices" : [ ], "usage": {}}', true],
] as const)('%j holds nothing but usage: %s', ([data, expected]) => {
  expect(relayRules.isUsageOnly(typeof data === 'string' ? data : JSON.stringify(data))).toBe(expected)
})

test('text that looks like an event that matters is no needle', () => {
  const content = JSON.stringify({ delta: { content: '"finish_reason":"stop","usage":{},"error":{}' } })
  expect(relayRules.needles.some((needle) => content.includes(needle))).toBe(false)
})

const context = { provider: 'p', model: 'm', generateId: () => 'id' }
const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
const answer = (message: JsonObject, finish: string | null, more: JsonObject = {}): JsonObject => ({
  id: 'c1',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: { ...usage, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 } },
  ...more,
})

test.for([
  answer({ content: 'x' }, 'stop'),
  answer({ content: 'x' }, 'length'),
  answer({ content: 'x' }, 'new'),
  answer({ content: 'x' }, null),
  answer({ tool_calls: [call] }, 'stop'),
  answer({ tool_calls: [] }, 'stop'),
  answer({ function_call: { name: 'f', arguments: '{}' } }, 'stop'),
  answer({ refusal: 'no' }, 'stop'),
  answer({ refusal: '' }, 'stop'),
  answer({ content: 'x' }, 'stop', { usage: null, x_groq: { usage } }),
  answer({ content: 'x' }, 'stop', { usage: null }),
  { choices: [{ index: 0, finish_reason: 'content_filter: SAFETY' }], usage },
])('the end of %j is that of the decoded answer', (body) => {
  const { usage, stopReason } = decodeResponse(body, context)
  expect(relayRules.readEnd(body)).toEqual({ usage, stopReason })
})

test.for([{}, { choices: [] }, { choices: ['x'] }, { choices: [{ delta: {} }] }])(
  '%j has no end to be read',
  (body) => {
    expect(relayRules.readEnd(body)).toBeUndefined()
  },
)
