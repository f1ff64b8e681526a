import { expect, test } from 'vitest'
import { requestFaults } from './validate-request.ts'

const user = { role: 'user', content: 'hi' }
const call = { id: 'call_1', type: 'function', function: { name: 'sum', arguments: '{}' } }
const calls = { role: 'assistant', content: null, tool_calls: [call] }
const answer = { role: 'tool', tool_call_id: 'call_1', content: '8' }
const tool = { type: 'function', function: { name: 'sum', parameters: { type: 'object', properties: {} } } }

/** The first fault of a body that is right but for `more`. */
const refused = (more: Record<string, unknown>) => {
  for (const fault of requestFaults({ model: 'gpt-4o', messages: [user], ...more })) return fault
  return undefined
}

test('accepts what the API accepts', () => {
  expect(refused({})).toBeUndefined()
  expect(
    refused({
      temperature: 2,
      max_tokens: 5,
      stop: ['a', 'b', 'c', 'd'],
      tools: [tool],
      tool_choice: 'auto',
    }),
  ).toBeUndefined()
  expect(refused({ messages: [{ role: 'developer', content: 'x' }, user, calls, answer] })).toBeUndefined()
  expect(
    refused({
      model: 'gpt-5-mini',
      max_completion_tokens: 9,
      temperature: 1,
      stream: true,
      stream_options: {},
    }),
  ).toBeUndefined()
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }
  expect(
    refused({ messages: [{ role: 'user', content: [{ type: 'text', text: 'what?' }, image] }] }),
  ).toBeUndefined()
  expect(refused({ messages: [user, { role: 'assistant', content: '' }, user] })).toBeUndefined()
})

test.each([
  ['an unknown field', { foo: 1 }, "Unknown parameter: 'foo'.", 'unknown_parameter'],
  ['top_k', { top_k: 1 }, "Unknown parameter: 'top_k'.", 'unknown_parameter'],
  ['no model', { model: undefined }, 'you must provide a model parameter', undefined],
  [
    'no messages',
    { messages: undefined },
    "Missing required parameter: 'messages'.",
    'missing_required_parameter',
  ],
  ['no message', { messages: [] }, 'empty array', 'empty_array'],
  ['five stops', { stop: ['1', '2', '3', '4', '5'] }, 'maximum length 4', 'array_above_max_length'],
  ['too hot', { temperature: 2.5 }, "Invalid 'temperature'", 'decimal_above_max_value'],
  ['no tokens', { max_tokens: 0 }, "Invalid 'max_tokens'", 'integer_below_min_value'],
  [
    'options of no stream',
    { stream_options: { include_usage: true } },
    "only allowed when 'stream' is enabled",
    undefined,
  ],
  [
    'max_tokens for o3',
    { model: 'o3', max_tokens: 5 },
    "Use 'max_completion_tokens' instead",
    'unsupported_parameter',
  ],
  ['temperature for gpt-5', { model: 'gpt-5', temperature: 0 }, 'Only the default (1)', 'unsupported_value'],
  ['stop for o4-mini', { model: 'o4-mini', stop: ['x'] }, "'stop' is not supported", 'unsupported_parameter'],
  ['no tools', { tools: [] }, "Invalid 'tools': empty array", 'empty_array'],
  ['a choice without tools', { tool_choice: 'auto' }, "only allowed when 'tools' are specified", undefined],
  [
    'a bad tool name',
    { tools: [{ ...tool, function: { name: 'a b' } }] },
    'does not match pattern',
    'invalid_value',
  ],
  [
    'a tool of a list',
    { tools: [{ ...tool, function: { name: 'a', parameters: { type: 'array' } } }] },
    'Invalid schema',
    'invalid_function_parameters',
  ],
  ['JSON unasked', { response_format: { type: 'json_object' } }, "the word 'json'", undefined],
])('refuses %s', (_, more, message, code) => {
  expect(refused(more)).toMatchObject({ status: 400, message: expect.stringContaining(message) })
  expect(refused(more)?.code).toBe(code)
})

test.each([
  ['an unknown role', [{ role: 'human', content: 'x' }], "Invalid value: 'human'"],
  [
    'a field of a message',
    [{ ...user, reasoning_content: 'x' }],
    "Unknown parameter: 'messages[0].reasoning_content'",
  ],
  ['null', [{ role: 'user', content: null }], 'expected a string, got null'],
  [
    'a part of another API',
    [{ role: 'user', content: [{ type: 'image', source: {} }] }],
    "Invalid value: 'image'",
  ],
  [
    'an image that is no URL',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'AA==' } }] }],
    'expected a URL',
  ],
  ['an answer to nothing', [user, answer], 'must be a response to a preceeding message'],
  ['an answer to another call', [user, calls, { ...answer, tool_call_id: 'x' }], 'must be a response'],
  ['no answer', [user, calls, user], 'did not have response messages: call_1'],
  ['no answer at the end', [user, calls], 'did not have response messages: call_1'],
  ['an answer that comes late', [user, calls, user, answer], 'did not have response messages'],
  [
    'one answer for two',
    [user, { ...calls, tool_calls: [call, { ...call, id: 'call_2' }] }, answer],
    'call_2',
  ],
  ['no calls', [user, { role: 'assistant', content: null, tool_calls: [] }], 'tool_calls'],
  ['a long id', [user, { ...calls, tool_calls: [{ ...call, id: 'c'.repeat(41) }] }], 'maximum length 40'],
  [
    'arguments that are no text',
    [user, { ...calls, tool_calls: [{ ...call, function: { name: 'a', arguments: {} } }] }],
    'expected a string, but got an object',
  ],
])('refuses messages with %s', (_, messages, message) => {
  expect(refused({ messages })).toMatchObject({ message: expect.stringContaining(message) })
})

test('whatever is sent is refused in words, never by a crash', () => {
  const odd: unknown[] = [
    undefined,
    null,
    1,
    'x',
    [],
    {},
    { messages: 1 },
    { messages: [null] },
    { messages: [{}] },
  ]
  for (const body of odd) expect([...requestFaults(body)].length).toBeGreaterThan(0)
})
