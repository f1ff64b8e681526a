import { expect, test } from 'vitest'
import { isTokenizerError } from '../errors.ts'
import { createEstimator, getTokenizer } from '../tokenizer.ts'

const gpt4o = await getTokenizer('gpt-4o')
const gpt4 = await getTokenizer('gpt-4')
const claude = createEstimator({ model: 'claude-sonnet-4-6' })

const parameters = {
  type: 'object',
  properties: {
    location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
    unit: {
      type: 'string',
      description: 'The unit of temperature to return',
      enum: ['celsius', 'fahrenheit'],
    },
  },
  required: ['location'],
}
const weather = {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
}
/** What a client's body may hold: as deep as it likes. */
const nested = (depth: number, open: string, close: string): unknown =>
  JSON.parse(`${open.repeat(depth)}${close.repeat(depth)}`)
const system = 'You are a helpful assistant that can answer to questions about the weather.'
const question = "What's the weather like in San Francisco?"

const chatBody = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ],
  tools: [{ type: 'function', function: { ...weather, parameters } }],
}
const messagesBody = {
  model: 'claude-sonnet-4-6',
  max_tokens: 1024,
  system,
  messages: [{ role: 'user', content: [{ type: 'text', text: question }] }],
  tools: [{ ...weather, input_schema: parameters }],
}
const ourRequest = {
  model: 'm',
  maxTokens: 1024,
  system,
  messages: [{ role: 'user', content: question }],
  tools: [{ ...weather, inputSchema: parameters }],
}

test("the request of the OpenAI cookbook's section on tools counts what the API says that it counts", () => {
  expect(gpt4.countRequest(chatBody)).toBe(105)
  expect(gpt4o.countRequest(chatBody)).toBe(101)
})

test('the same request counts the same as a Chat body, a Messages body and in our vocabulary', () => {
  for (const tokenizer of [gpt4o, gpt4]) {
    const expected = tokenizer.countRequest(chatBody)
    expect(tokenizer.countRequest(messagesBody)).toBe(expected)
    expect(tokenizer.countRequest(ourRequest)).toBe(expected)
  }
  expect(claude.countRequest(ourRequest)).toBe(claude.countRequest(messagesBody))
})

test('legacy functions count as tools do', () => {
  const { tools: _, ...rest } = chatBody
  expect(gpt4o.countRequest({ ...rest, functions: [{ ...weather, parameters }] })).toBe(101)
})

test('a request of messages alone counts what they count', () => {
  const { messages } = chatBody
  expect(gpt4o.countRequest({ model: 'gpt-4o', messages })).toBe(gpt4o.countMessages(messages))
  expect(gpt4o.countRequest({ model: 'gpt-4o', messages, tools: [] })).toBe(gpt4o.countMessages(messages))
})

test('properties of properties count by the formula of the properties of the root', () => {
  const nested = {
    type: 'object',
    properties: { inner: { type: 'object', description: 'x', properties: parameters.properties } },
  }
  const count = (schema: object): number =>
    gpt4o.countRequest({
      ...chatBody,
      tools: [{ type: 'function', function: { ...weather, parameters: schema } }],
    })
  // 3 for having properties, 3 for the one that is there, and its line.
  expect(count(nested)).toBe(count(parameters) + 3 + 3 + gpt4o.count('inner:object:x'))
  const list = { type: 'object', properties: { all: { type: 'array', items: parameters } } }
  expect(count(list)).toBe(count(parameters) + 3 + 3 + gpt4o.count('all:array:'))
  const any = { anyOf: [parameters] }
  expect(count(any)).toBe(count(parameters))
})

test('a tool without parameters and a tool of the provider itself count, too', () => {
  const bare = gpt4o.countRequest({ ...chatBody, tools: [{ type: 'function', function: { name: 'now' } }] })
  expect(bare).toBe(gpt4o.countMessages(chatBody.messages) + 7 + gpt4o.count('now:') + 12)
  const own = { type: 'web_search_20250305', name: 'web_search' }
  expect(claude.countRequest({ ...messagesBody, tools: [own] })).toBeGreaterThan(
    claude.countRequest({ ...messagesBody, tools: [] }) + 300,
  )
})

test('a system prompt counts as a message for OpenAI and as its text for Claude, as text and as blocks', () => {
  const messages = [{ role: 'user', content: question }]
  const blocks = [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }]
  for (const prompt of [system, blocks]) {
    expect(gpt4o.countRequest({ system: prompt, messages })).toBe(gpt4o.countMessages(chatBody.messages))
    expect(claude.countRequest({ system: prompt, messages })).toBe(
      claude.countMessages(messages) + claude.count(system),
    )
  }
  expect(gpt4o.countRequest({ system: '', messages })).toBe(gpt4o.countMessages(messages))
})

test('the options that make Claude read more count: tools, a forced tool, a schema, thinking', () => {
  const plain = { messages: messagesBody.messages }
  const withTools = { ...plain, tools: messagesBody.tools }
  expect(claude.countRequest(withTools)).toBeGreaterThan(claude.countRequest(plain) + 490)
  expect(claude.countRequest({ ...withTools, tool_choice: { type: 'any' } })).toBe(
    claude.countRequest(withTools) + 100,
  )
  expect(claude.countRequest({ ...withTools, tool_choice: { type: 'auto' } })).toBe(
    claude.countRequest(withTools),
  )
  expect(claude.countRequest({ ...plain, thinking: { type: 'enabled', budget_tokens: 2000 } })).toBe(
    claude.countRequest(plain) + 29,
  )
  const format = { type: 'json_schema', schema: parameters }
  expect(claude.countRequest({ ...plain, output_config: { format } })).toBe(
    claude.countRequest(plain) + 150 + claude.count(JSON.stringify(parameters)),
  )
  const deferred = messagesBody.tools.map((tool) => ({ ...tool, defer_loading: true }))
  expect(claude.countRequest({ ...plain, tools: [...messagesBody.tools, ...deferred] })).toBe(
    claude.countRequest(withTools),
  )
})

test('the schema of the answer counts in a Chat body and in our vocabulary', () => {
  const expected = gpt4o.count(JSON.stringify(parameters)) + gpt4o.count('weather')
  const { messages } = chatBody
  const chat = {
    messages,
    response_format: { type: 'json_schema', json_schema: { name: 'weather', schema: parameters } },
  }
  const ours = { messages, responseFormat: { type: 'json-schema', name: 'weather', schema: parameters } }
  expect(gpt4o.countRequest(chat) - gpt4o.countMessages(messages)).toBe(expected)
  expect(gpt4o.countRequest(ours) - gpt4o.countMessages(messages)).toBe(expected)
  expect(gpt4o.countRequest({ messages, response_format: { type: 'json_object' } })).toBe(
    gpt4o.countMessages(messages),
  )
})

test('what is no request is refused with what is wrong in it', () => {
  for (const [value, says] of [
    [{}, 'no list of messages'],
    [[], 'is a list'],
    [{ messages: [[]] }, 'Message 0'],
    [{ messages: [{ toString: 1 }] }, 'Message 0 of the request is { toString }'],
    [{ messages: [nested(100_000, '[', ']')] }, 'Message 0'],
    [{ messages: 'hello' }, 'no list of messages'],
    [{ messages: ['hello'] }, 'Message 0'],
    [{ messages: [{ content: 'x' }] }, 'has a role'],
  ] as const) {
    expect(() => gpt4o.countRequest(value)).toThrow(says)
    expect(() => gpt4o.countRequest(value)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  }
})

const withTool = (schema: unknown) => ({
  messages: [{ role: 'user', content: question }],
  tools: [{ name: 'f', input_schema: schema }],
})
const withContent = (content: unknown) => ({ messages: [{ role: 'user', content }] })
const endless: Record<string, unknown> = { type: 'object' }
endless.properties = { a: endless, b: endless }

test.each([
  ['a list a hundred thousand deep', withContent(nested(100_000, '[', ']'))],
  ['results within results', withContent([{ type: 'tool_result', content: nested(9_999, '[', ']') }])],
  ['a schema that contains itself twice', withTool(endless)],
  ['a type that is a deep list', withTool({ properties: { a: { type: nested(100_000, '[', ']') } } })],
  ['a type that is no text', withTool({ properties: { a: { type: [{ toString: 1 }, null] } } })],
  ['values where blocks belong', withContent([null, 1, [], {}, { type: 'text', text: {} }, { type: 5 }])],
  ['fields that are null', { ...withContent(null), system: null, tools: null, response_format: null }],
  [
    'calls without a function',
    { messages: [{ role: 'assistant', tool_calls: [null, {}, { function: 1 }] }] },
  ],
])('%s is counted, or refused with a typed error', (_, body) => {
  for (const tokenizer of [gpt4o, gpt4, claude, createEstimator({ model: 'gemini-2.5-pro' })]) {
    const outcome = (): unknown => {
      try {
        return tokenizer.countRequest(body)
      } catch (error) {
        return isTokenizerError(error) ? error.code : error
      }
    }
    expect(outcome()).toSatisfy((value) => Number.isSafeInteger(value) || value === 'invalid-input')
  }
})

test('what lies deeper than blocks go counts as JSON, so that nothing is hidden from the count', () => {
  let block: object = { type: 'text', text: question.repeat(50) }
  for (let depth = 0; depth < 60; depth += 1) block = { type: 'tool_result', content: [block] }
  expect(gpt4o.countRequest(withContent([block]))).toBeGreaterThan(gpt4o.count(question.repeat(50)))
})

test('documents, audio and encrypted thinking count by a stated rule', () => {
  const base = claude.countMessages([{ role: 'user', content: [] }])
  const count = (block: object): number => claude.countMessages([{ role: 'user', content: [block] }]) - base
  expect(
    count({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }),
  ).toBe(3_000)
  expect(count({ type: 'document', source: { type: 'text', data: question } })).toBe(claude.count(question))
  const parts = { type: 'document', source: { type: 'content', content: [{ type: 'text', text: question }] } }
  expect(count(parts)).toBe(claude.count(question))
  // A second of 24 kHz PCM is 48,000 bytes, and 64,000 characters in base64.
  expect(count({ type: 'input_audio', input_audio: { data: 'A'.repeat(64_000), format: 'wav' } })).toBe(10)
  expect(count({ type: 'redacted_thinking', data: 'A'.repeat(400) })).toBe(75)
})
