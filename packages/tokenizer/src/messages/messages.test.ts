import { expect, test } from 'vitest'
import { createEstimator, getTokenizer } from '../tokenizer.ts'
import type { CountableMessage } from '../types.ts'

const gpt4o = await getTokenizer('gpt-4o')
const gpt4 = await getTokenizer('gpt-4')
const claude = createEstimator({ model: 'claude-sonnet-4-6' })

const jargon: CountableMessage[] = [
  {
    role: 'system',
    content:
      'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
  },
  { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
  {
    role: 'system',
    name: 'example_assistant',
    content: 'Things working well together will increase revenue.',
  },
  {
    role: 'system',
    name: 'example_user',
    content:
      "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: 'system',
    name: 'example_assistant',
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: 'user',
    content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
]

test('the messages of the OpenAI cookbook count what the API says that they count', () => {
  expect(gpt4.countMessages(jargon)).toBe(129)
  expect(gpt4o.countMessages(jargon)).toBe(124)
})

test('no messages count nothing, and one counts its overhead, its role, its text and the priming', () => {
  expect(gpt4o.countMessages([])).toBe(0)
  expect(claude.countMessages([])).toBe(0)
  // 3 for the message, 1 for "user", 1 for "hello", 3 that prime the answer.
  expect(gpt4o.countMessages([{ role: 'user', content: 'hello' }])).toBe(8)
  // 1 for having a name, and 1 for "bob".
  expect(gpt4o.countMessages([{ role: 'user', name: 'bob', content: 'hello' }])).toBe(10)
})

test('three messages to Claude count at least ten tokens, overheads included', () => {
  const messages = [
    { role: 'user', content: 'Hello!' },
    { role: 'assistant', content: 'Hi there, how can I help?' },
    { role: 'user', content: 'Tell me a joke.' },
  ]
  const texts = messages.reduce((sum, { content }) => sum + claude.count(content), 0)
  expect(claude.countMessages(messages)).toBeGreaterThanOrEqual(10)
  expect(claude.countMessages(messages)).toBe(texts + 5 + 3 * 2)
})

test('text counts the same as a string and as blocks of any vocabulary', () => {
  const asString = gpt4o.countMessages([{ role: 'user', content: 'hello world' }])
  for (const type of ['text', 'input_text', 'output_text']) {
    expect(gpt4o.countMessages([{ role: 'user', content: [{ type, text: 'hello world' }] }])).toBe(asString)
  }
  const thinking = [{ type: 'thinking', thinking: 'hello world', signature: 'c2ln' }]
  expect(gpt4o.countMessages([{ role: 'user', content: thinking }])).toBe(asString)
  expect(gpt4o.countMessages([{ role: 'user', content: [{ type: 'thinking', text: 'hello world' }] }])).toBe(
    asString,
  )
  expect(gpt4o.countMessages([{ role: 'user', content: null }])).toBe(asString - 2)
  expect(gpt4o.countMessages([{ role: 'user' }])).toBe(asString - 2)
})

test('a tool call counts its name and its arguments, in each of the three vocabularies', () => {
  const input = { city: 'Paris' }
  // 3 around the call, the name, and the arguments as JSON.
  const call = 3 + gpt4o.count('get_weather') + gpt4o.count('{"city":"Paris"}')
  const base = gpt4o.countMessages([{ role: 'assistant', content: null }])
  const ours = { role: 'assistant', content: [{ type: 'tool-use', id: 'a', name: 'get_weather', input }] }
  const raw = {
    role: 'assistant',
    content: [{ type: 'tool-use', id: 'a', name: 'get_weather', input: {}, inputText: '{"city":"Paris"}' }],
  }
  const blocks = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'get_weather', input }] }
  const called = { name: 'get_weather', arguments: '{"city":"Paris"}' }
  const calls = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'a', type: 'function', function: called }],
  }
  const legacy = { role: 'assistant', content: null, function_call: called }
  for (const message of [ours, raw, blocks, calls, legacy]) {
    expect(gpt4o.countMessages([message])).toBe(base + call)
  }
  expect(claude.countMessages([blocks])).toBeGreaterThan(claude.countMessages([{ role: 'assistant' }]) + 30)
})

test('a tool result counts its content, as text and as blocks', () => {
  const text = 'Sunny, 21 degrees'
  const plain = gpt4o.countMessages([{ role: 'user', content: text }])
  for (const type of ['tool-result', 'tool_result']) {
    const asText = { type, toolUseId: 'a', tool_use_id: 'a', content: text }
    const asBlocks = { ...asText, content: [{ type: 'text', text }] }
    expect(gpt4o.countMessages([{ role: 'user', content: [asText] }])).toBe(plain)
    expect(gpt4o.countMessages([{ role: 'user', content: [asBlocks] }])).toBe(plain)
    expect(gpt4o.countMessages([{ role: 'user', content: [{ ...asText, content: undefined }] }])).toBe(
      plain - gpt4o.count(text),
    )
  }
})

test('blocks that are not known count as their JSON, and text that looks special is text', () => {
  const base = gpt4o.countMessages([{ role: 'user', content: '' }])
  const unknown = { type: 'new_thing', value: [1, 2, 3] }
  expect(gpt4o.countMessages([{ role: 'user', content: [unknown] }])).toBe(
    base + gpt4o.count(JSON.stringify(unknown)),
  )
  const native = { type: 'native', dialect: 'some-dialect', value: unknown }
  expect(gpt4o.countMessages([{ role: 'user', content: [native] }])).toBe(
    base + gpt4o.count(JSON.stringify(unknown)),
  )
  expect(gpt4o.countMessages([{ role: 'user', content: '<|im_end|>' }])).toBe(
    base + gpt4o.count('<|im_end|>'),
  )
})

test('blocks that contain themselves end in a typed error, never in an endless loop', () => {
  const result: Record<string, unknown> = { type: 'tool_result' }
  result.content = [result]
  const unknown: Record<string, unknown> = { type: 'new_thing' }
  unknown.self = unknown
  for (const content of [[result], [unknown]]) {
    expect(() => gpt4o.countMessages([{ role: 'user', content }])).toThrow(
      expect.objectContaining({ name: 'TokenizerError', code: 'invalid-input' }),
    )
  }
})
