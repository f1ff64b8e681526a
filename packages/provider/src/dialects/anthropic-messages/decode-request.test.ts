import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { toBlocks } from '../history.ts'
import { anthropicClientDialect } from './client-dialect.ts'

const plain = { model: 'claude-sonnet-4-6', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }

const decode = (over: JsonObject) => anthropicClientDialect.decodeRequest({ ...plain, ...over })
const request = (over: JsonObject) => decode(over).request
const blocks = (content: JsonValue, role = 'user') =>
  toBlocks(request({ messages: [{ role, content }] }).messages[0]?.content ?? '')
const textOf = (data: string) =>
  new TextDecoder().decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)))

test('a plain request has nothing but what was asked', () => {
  expect(decode({})).toEqual({
    request: { model: 'claude-sonnet-4-6', maxTokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
    stream: false,
    warnings: [],
  })
  expect(decode({ stream: true }).stream).toBe(true)
  expect(decode({ system: null, temperature: null, tools: null, stream: null }).request).toEqual(request({}))
})

test.for([
  ['model', {}],
  ['max_tokens', {}],
  ['messages', {}],
] as const)('a request without %s is refused as Anthropic does', ([field]) => {
  const { [field]: _, ...rest } = plain
  expect(() => anthropicClientDialect.decodeRequest(rest)).toThrow(
    expect.objectContaining({ code: 'invalid-request', param: field, message: `${field}: Field required` }),
  )
})

test.for<[string, JsonObject]>([
  ['model', { model: '' }],
  ['max_tokens', { max_tokens: 1.5 }],
  ['max_tokens', { max_tokens: '100' }],
  ['stream', { stream: 'yes' }],
  ['temperature', { temperature: 'hot' }],
  ['messages', { messages: [] }],
  ['messages.0', { messages: ['Hi'] }],
  ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
  ['messages.0.content', { messages: [{ role: 'user' }] }],
  ['messages.0.content', { messages: [{ role: 'user', content: { type: 'text' } }] }],
  ['messages.0.content.1.type', { messages: [{ role: 'user', content: [{ type: 'x' }, { text: 'x' }] }] }],
  ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
  [
    'messages.0.content.0.source.data',
    {
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png' } }] },
      ],
    },
  ],
  [
    'messages.0.content.0.input',
    {
      messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }] }],
    },
  ],
  ['messages.0.content.0.tool_use_id', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }],
  ['system', { system: 5 }],
  ['stop_sequences.1', { stop_sequences: ['x', 5] }],
  ['tools.0.input_schema', { tools: [{ name: 'f' }] }],
  ['tools.0.name', { tools: [{ input_schema: {} }] }],
  ['tool_choice.type', { tool_choice: { type: 'required' } }],
  ['tool_choice.name', { tool_choice: { type: 'tool' } }],
  ['thinking.type', { thinking: {} }],
  ['output_config.format.schema', { output_config: { format: { type: 'json_schema' } } }],
  ['metadata.user_id', { metadata: { user_id: 5 } }],
])('%s is named where it cannot be meant', ([param, over]) => {
  expect(() => decode(over)).toThrow(expect.objectContaining({ code: 'invalid-request', param }))
})

test('system prompts keep their place: a string, blocks, or a message of the conversation', () => {
  expect(request({ system: 'Be brief.' })).toMatchObject({ system: 'Be brief.' })
  const cached = { type: 'text', text: 'Long', cache_control: { type: 'ephemeral' } }
  const { messages } = request({
    system: [cached],
    messages: [...plain.messages, { role: 'system', content: 'Hurry.' }],
  })
  const extra = { dialect: 'anthropic-messages', cache_control: { type: 'ephemeral' } }
  expect(messages).toEqual([
    { role: 'system', content: [{ type: 'text', text: 'Long', extra }] },
    { role: 'user', content: 'Hi' },
    { role: 'system', content: 'Hurry.' },
  ])
  expect(request({ system: [] })).toEqual(request({}))
})

test('images go by what they are; one that only Anthropic has stays native', () => {
  const file = { type: 'image', source: { type: 'file', file_id: 'file_1' } }
  const odd = { type: 'image', source: { type: 'text', media_type: 'text/plain', data: '<svg/>' } }
  expect(
    blocks([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
      { type: 'image', source: { type: 'url', url: 'https://example.test/a.png' } },
      file,
      odd,
    ]),
  ).toEqual([
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } },
    { type: 'image', source: { kind: 'url', url: 'https://example.test/a.png' } },
    { type: 'native', dialect: 'anthropic-messages', value: file },
    { type: 'native', dialect: 'anthropic-messages', value: odd },
  ])
})

test('documents and search results of text can be read by every dialect', () => {
  const long = 'ä€😀'.repeat(20_000)
  const texts = blocks([
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: long }, title: 'T' },
    {
      type: 'document',
      source: {
        type: 'content',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    },
    {
      type: 'search_result',
      title: 'T',
      source: 'https://example.test',
      content: [{ type: 'text', text: 'found' }],
    },
  ]).map((block) => {
    if (block.type !== 'document' || block.source.kind !== 'base64') throw new Error(block.type)
    expect(block.source.mediaType).toBe('text/plain')
    return textOf(block.source.data)
  })
  expect(texts).toEqual([long, 'a\nb', 'T\nhttps://example.test\nfound'])
})

test('the input of a tool use is an object; null, as other models say for no arguments, is an empty one', () => {
  const use = { type: 'tool_use', id: 'toolu_1', name: 'f' }
  expect(blocks([{ ...use, input: null }], 'assistant')).toEqual([
    { type: 'tool-use', id: 'toolu_1', name: 'f', input: {} },
  ])
  expect(() => blocks([use], 'assistant')).toThrow('Field required')
})

test('thinking keeps its signature; an empty one, as of a Chat model, is none', () => {
  const wire = [
    { type: 'thinking', thinking: 'Hm', signature: 'c2ln+/=' },
    { type: 'thinking', thinking: 'Well', signature: '' },
    { type: 'redacted_thinking', data: 'Emw=' },
  ]
  expect(blocks(wire, 'assistant')).toEqual([
    { type: 'thinking', text: 'Hm', signature: 'c2ln+/=' },
    { type: 'thinking', text: 'Well' },
    { type: 'native', dialect: 'anthropic-messages', value: wire[2] },
  ])
})

test('results are a string, blocks or nothing, and may hold images', () => {
  const image = { type: 'image', source: { type: 'url', url: 'https://example.test/a.png' } }
  expect(
    blocks([
      { type: 'tool_result', tool_use_id: 'a', content: 'ok' },
      { type: 'tool_result', tool_use_id: 'b', is_error: true },
      { type: 'tool_result', tool_use_id: 'c', content: [image, { type: 'tool_reference', tool_name: 'f' }] },
    ]),
  ).toEqual([
    { type: 'tool-result', toolUseId: 'a', content: 'ok' },
    { type: 'tool-result', toolUseId: 'b', content: '', isError: true },
    {
      type: 'tool-result',
      toolUseId: 'c',
      content: [
        { type: 'image', source: { kind: 'url', url: 'https://example.test/a.png' } },
        { type: 'native', dialect: 'anthropic-messages', value: { type: 'tool_reference', tool_name: 'f' } },
      ],
    },
  ])
})

test('tools are functions, or Anthropic’s own by their type', () => {
  const schema = { type: 'object', properties: {} }
  expect(
    request({
      tools: [
        { type: 'custom', name: 'f', description: 'Does f.', input_schema: schema, strict: true },
        { type: 'web_search_20260209', name: 'web_search', max_uses: 2 },
        { type: 'mcp_toolset', mcp_server_name: 's' },
      ],
    }).tools,
  ).toEqual([
    {
      name: 'f',
      description: 'Does f.',
      inputSchema: schema,
      strict: true,
      extra: { dialect: 'anthropic-messages', type: 'custom' },
    },
    {
      name: 'web_search',
      inputSchema: {},
      extra: { dialect: 'anthropic-messages', type: 'web_search_20260209', max_uses: 2 },
    },
    {
      name: '',
      inputSchema: {},
      extra: { dialect: 'anthropic-messages', type: 'mcp_toolset', mcp_server_name: 's' },
    },
  ])
})

test('one call at a time is said in words that every dialect has', () => {
  expect(request({ tool_choice: { type: 'any', disable_parallel_tool_use: true } })).toMatchObject({
    toolChoice: { type: 'any' },
    parallelToolCalls: false,
  })
  expect(request({ tool_choice: { type: 'tool', name: 'f' } })).toMatchObject({
    toolChoice: { type: 'tool', name: 'f' },
  })
})

test.for<[JsonObject, object | undefined]>([
  [{}, undefined],
  [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { budgetTokens: 2048 }],
  [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
  [{ thinking: { type: 'adaptive' } }, {}],
  [{ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, { effort: 'low' }],
  [{ thinking: { type: 'between_tools' } }, {}],
  [{ output_config: { effort: 'max' } }, { effort: 'high' }],
  [{ output_config: { effort: 'huge' } }, {}],
])('%j is how much the model may think', ([over, expected]) => {
  const { reasoning } = request(over)
  if (expected === undefined) expect(reasoning).toBeUndefined()
  else {
    const { extra, ...rest } = reasoning ?? {}
    expect(rest).toEqual(expected)
    expect(extra).toMatchObject({ dialect: 'anthropic-messages' })
  }
})

test.for<[boolean, JsonObject]>([
  [
    true,
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
  ],
  [
    true,
    {
      type: 'object',
      properties: { a: { $ref: '#/$defs/b' } },
      required: ['a'],
      additionalProperties: false,
      $defs: { b: { enum: ['x'] } },
    },
  ],
  [
    false,
    { type: 'object', properties: { a: { type: 'string' } }, required: [], additionalProperties: false },
  ],
  [false, { type: 'object', properties: {}, required: [] }],
  [
    false,
    { type: 'object', properties: { a: { type: 'object' } }, required: ['a'], additionalProperties: false },
  ],
  [
    false,
    { type: 'object', properties: { a: { default: 1 } }, required: ['a'], additionalProperties: false },
  ],
  [
    false,
    {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object' } } },
      required: ['a'],
      additionalProperties: false,
    },
  ],
  [false, { anyOf: [] }],
])('a schema is strict elsewhere (%s) where it may be', ([isStrict, schema]) => {
  for (const over of [
    { output_config: { format: { type: 'json_schema', schema } } },
    { output_format: { type: 'json_schema', schema } },
  ]) {
    expect(request(over).responseFormat).toEqual({
      type: 'json-schema',
      name: 'response',
      schema,
      ...(isStrict && { strict: true }),
    })
  }
})

test('what the vocabulary has no words for is kept for this dialect', () => {
  const rest = { service_tier: 'auto', container: 'c', mcp_servers: [], some_future_option: 1 }
  expect(request({ ...rest, output_config: { effort: 'low', task_budget: {} } }).extra).toEqual({
    dialect: 'anthropic-messages',
    ...rest,
    output_config: { task_budget: {} },
  })
  const format = { type: 'some_future_form', of: 'answers' }
  expect(request({ output_config: { format } }).extra).toMatchObject({ output_config: { format } })
})

test('a relay touches nothing, and lets the upstream say what it misses', () => {
  expect(anthropicClientDialect.planRelay({})).toEqual({ stream: false, includeUsage: true })
  expect(anthropicClientDialect.planRelay({ stream: true })).toMatchObject({ stream: true })
  expect(() => anthropicClientDialect.planRelay({ stream: 1 })).toThrow(
    expect.objectContaining({ param: 'stream' }),
  )
})
