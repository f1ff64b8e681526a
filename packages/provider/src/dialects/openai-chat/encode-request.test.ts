import { expect, test } from 'vitest'
import type { CompletionRequest } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { encodeRequest } from './encode-request.ts'
import { type ChatQuirks, openaiQuirks } from './quirks.ts'

const hi: CompletionRequest = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }] }
const tools = [{ name: 'f', description: 'Does f.', inputSchema: { type: 'object', properties: {} } }]

const encode = (over: Partial<CompletionRequest>, quirks: ChatQuirks = openaiQuirks, stream = false) =>
  encodeRequest({ ...hi, ...over }, { stream }, quirks)

/** What is not sent, by its warnings, and that nothing else was warned of. */
const refused = (over: Partial<CompletionRequest>, options: readonly string[], quirks?: ChatQuirks) => {
  const { body, warnings } = encode(over, quirks)
  expect(warnings.map((warning) => warning.code)).toEqual(options.map(() => 'unsupported-option'))
  for (const [at, option] of options.entries()) expect(warnings[at]?.message).toContain(option)
  return body
}

test('a request holds what was asked for and nothing else', () => {
  expect(encode({})).toEqual({
    body: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }] },
    warnings: [],
  })
})

test('a stream is asked for with its usage, unless the server cannot', () => {
  expect(encode({}, openaiQuirks, true).body).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  })
  expect(encode({}, { streamUsage: false }, true).body).not.toHaveProperty('stream_options')
  const extra = { stream_options: { include_obfuscation: false, include_usage: false } }
  expect(encode({ extra }, openaiQuirks, true).body.stream_options).toEqual({
    include_usage: true,
    include_obfuscation: false,
  })
})

test('options that this wire has are sent, zeros too', () => {
  const { body, warnings } = encode({
    system: 'Be brief.',
    maxTokens: 100,
    temperature: 0,
    topP: 0,
    stopSequences: ['\n'],
    tools,
    toolChoice: { type: 'tool', name: 'f' },
    responseFormat: { type: 'json-schema', name: 'x', schema: { type: 'object', $defs: {} }, strict: true },
  })
  expect(body).toEqual({
    model: 'gpt-4.1',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
    max_completion_tokens: 100,
    temperature: 0,
    top_p: 0,
    stop: ['\n'],
    tools: [
      {
        type: 'function',
        function: { name: 'f', description: 'Does f.', parameters: { type: 'object', properties: {} } },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'f' } },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'x', schema: { type: 'object', $defs: {} }, strict: true },
    },
  })
  expect(warnings).toEqual([])
})

test('the output limit has the name that the server knows', () => {
  expect(encode({ maxTokens: 5 }, {}).body).toMatchObject({ max_tokens: 5 })
  expect(encode({ maxTokens: 5 }, {}).body).not.toHaveProperty('max_completion_tokens')
  const reasoning = { model: 'openai/gpt-5-mini', maxTokens: 5 }
  const served = [
    'azure/gpt-5',
    'openai.gpt-5',
    'us.openai.gpt-5.1',
    'litellm/azure/o3',
    'openai/o4-mini:free',
  ]
  for (const model of [reasoning.model, ...served, 'ft:gpt-5:acme::1', 'gpt-6', 'o1-2024-12-17']) {
    expect(encode({ model, maxTokens: 5 }, {}).body).toMatchObject({ max_completion_tokens: 5 })
  }
  const others = ['gpt-20b', 'openai/gpt-oss-20b', 'openai.gpt-oss-120b-1:0', 'gpt-35-turbo', 'azure/gpt-4o']
  for (const model of [...others, 'gpt-j-6b', 'gpt-6b', 'org/marco-o1', 'azure/gpt-5-chat']) {
    expect(encode({ model, maxTokens: 5 }, {}).body).toMatchObject({ max_tokens: 5 })
  }
  expect(encode(reasoning, { maxTokensField: 'max_tokens' }).body).toMatchObject({ max_tokens: 5 })
})

test.for([
  ['auto', 'auto'],
  ['any', 'required'],
  ['none', 'none'],
] as const)('tool choice %s is %s', ([type, wire]) => {
  expect(encode({ tools, toolChoice: { type } }).body.tool_choice).toBe(wire)
})

test('a choice without tools and top_k are not sent', () => {
  const body = refused({ topK: 3, toolChoice: { type: 'auto' } }, ['toolChoice', 'topK'])
  expect(Object.keys(body)).toEqual(['model', 'messages'])
})

test.for(['o3-mini', 'gpt-5-mini', 'gpt-5.1', 'ft:o4-mini:acme::1'])(
  '%s takes neither sampling options nor stop sequences',
  (model) => {
    const over = { model, temperature: 0.2, topP: 0.5, stopSequences: ['END'] }
    const body = refused(over, ['temperature', 'topP', 'stopSequences'])
    expect(Object.keys(body)).toEqual(['model', 'messages'])
    expect(encode({ model, temperature: 1 }).warnings).toEqual([])
  },
)

test.for(['gpt-4o', 'gpt-5-chat-latest', 'llama4', 'ft:gpt-4.1:acme::1'])(
  '%s takes a temperature',
  (model) => {
    expect(encode({ model, temperature: 0.2 })).toMatchObject({ body: { temperature: 0.2 }, warnings: [] })
  },
)

test('of more than four stop sequences the first four are sent; empty ones are none', () => {
  const stops = ['a', '', 'b', 'c', 'd', 'e']
  expect(refused({ stopSequences: stops }, ['first 4']).stop).toEqual(['a', 'b', 'c', 'd'])
})

test('json mode is an object, text is the default', () => {
  expect(encode({ responseFormat: { type: 'json' } }).body.response_format).toEqual({ type: 'json_object' })
  expect(encode({ responseFormat: { type: 'text' } }).body).not.toHaveProperty('response_format')
})

test.for([
  ['o3', 'high', 'high', 0],
  ['o3', 'minimal', 'low', 1],
  ['gpt-5', 'minimal', 'minimal', 0],
  ['gpt-5', 'none', 'minimal', 1],
  ['gpt-5.1', 'none', 'none', 0],
  ['gpt-5.1', 'minimal', 'low', 1],
] as const)('%s is asked for %s as %s', ([model, effort, sent, warned]) => {
  const { body, warnings } = encode({ model, reasoning: { effort } })
  expect(body.reasoning_effort).toBe(sent)
  expect(warnings).toHaveLength(warned)
})

test('a budget is sent as an effort; a model that does not reason is not asked to', () => {
  expect(refused({ model: 'o3', reasoning: { budgetTokens: 4000 } }, ['budgetTokens']).reasoning_effort).toBe(
    'medium',
  )
  expect(refused({ reasoning: { effort: 'low' } }, ['reasoning'])).not.toHaveProperty('reasoning_effort')
  expect(encode({ reasoning: { effort: 'none' } })).toMatchObject({ warnings: [] })
  expect(encode({ model: 'qwen3', reasoning: { effort: 'low' } }, {}).body.reasoning_effort).toBe('low')
})

test('metadata goes where it is taken: to a stored completion, or a server that takes it always', () => {
  const metadata = { trace: 't' }
  expect(encode({ metadata, extra: { store: true } })).toMatchObject({
    body: { metadata, store: true },
    warnings: [],
  })
  expect(encode({ metadata }, {}).body).toMatchObject({ metadata })
  expect(refused({ metadata }, ['metadata'])).not.toHaveProperty('metadata')
  expect(refused({ metadata: { user_id: 'u' } }, ['user_id'], {})).not.toHaveProperty('metadata')
})

test("the request's own fields of this dialect come along and never replace ours", () => {
  const extra = { dialect: 'openai-chat', seed: 7, model: 'evil', temperature: 2, messages: [] }
  const { body, warnings } = encode({ extra })
  expect(body).toEqual({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }], seed: 7 })
  expect(warnings).toEqual([])
})

test("another dialect's fields, cache marks and server tools are not sent, and each is named", () => {
  const anthropic = (fields: object) => ({ dialect: 'anthropic-messages', ...fields })
  const body = refused(
    {
      extra: anthropic({ service_tier: 'standard_only' }),
      tools: [
        { name: 'f', inputSchema: {}, extra: anthropic({ cache_control: { type: 'ephemeral' } }) },
        { name: 'web_search', inputSchema: {}, extra: anthropic({ type: 'web_search_20250305' }) },
      ],
    },
    ['cache_control', 'web_search', 'service_tier'],
  )
  expect(body.tools).toEqual([{ type: 'function', function: { name: 'f', parameters: {} } }])
  expect(body).not.toHaveProperty('service_tier')
})

test("this dialect's own fields of a tool are part of its function", () => {
  const extra = { dialect: 'openai-chat', strict: true }
  expect(encode({ tools: [{ name: 'f', inputSchema: {}, extra }] }).body.tools).toEqual([
    { type: 'function', function: { name: 'f', parameters: {}, strict: true } },
  ])
})

test('strictness is part of a function, and calls side by side are only told of beside tools', () => {
  const strict = { name: 'f', inputSchema: {}, strict: true }
  const { body } = encode({ tools: [strict], parallelToolCalls: false })
  expect(body).toMatchObject({ tools: [{ function: { strict: true } }], parallel_tool_calls: false })
  expect(encode({ parallelToolCalls: false }).body).not.toHaveProperty('parallel_tool_calls')
})

test("an effort is sent in this dialect's own words, and not at all to a model that does not reason", () => {
  const words = { dialect: 'openai-chat', reasoning_effort: 'xhigh' }
  const reasoning = { effort: 'high' as const, extra: words }
  expect(encode({ model: 'gpt-5.2', reasoning })).toMatchObject({
    body: { reasoning_effort: 'xhigh' },
    warnings: [],
  })
  expect(refused({ reasoning }, ['reasoning'])).not.toHaveProperty('reasoning_effort')
  const foreign = { ...reasoning, extra: { ...words, dialect: 'anthropic-messages' } }
  expect(encode({ model: 'gpt-5.2', reasoning: foreign }).body.reasoning_effort).toBe('high')
})

test('a custom tool and the choice of it go back as they are; elsewhere made ones of that type are functions', () => {
  const extra = { dialect: 'openai-chat', type: 'custom', custom: { format: { type: 'text' } } }
  const toolChoice = { type: 'tool' as const, name: 'g' }
  expect(encode({ tools: [{ name: 'g', inputSchema: {}, extra }], toolChoice }).body).toMatchObject({
    tools: [{ type: 'custom', custom: { name: 'g', format: { type: 'text' } } }],
    tool_choice: { type: 'custom', custom: { name: 'g' } },
  })
  const other = { name: 'g', inputSchema: {}, extra: { dialect: 'anthropic-messages', type: 'custom' } }
  expect(encode({ tools: [other], toolChoice }).body).toMatchObject({
    tools: [{ type: 'function' }],
    tool_choice: { type: 'function' },
  })
})

test('a choice of a tool that is not sent is not sent', () => {
  const bash = {
    name: 'bash',
    inputSchema: {},
    extra: { dialect: 'anthropic-messages', type: 'bash_20250124' },
  }
  const toolChoice = { type: 'tool' as const, name: 'bash' }
  const body = refused({ tools: [...tools, bash], toolChoice }, ['"bash"', 'toolChoice'])
  expect(body.tools).toHaveLength(1)
  expect(body).not.toHaveProperty('tool_choice')
})

test('one call at a time is not asked of a model of the o-series, which refuses to be told', () => {
  const one = { model: 'o4-mini', tools, parallelToolCalls: false }
  expect(refused(one, ['parallelToolCalls'])).not.toHaveProperty('parallel_tool_calls')
  expect(encode({ ...one, parallelToolCalls: true }, openaiQuirks)).toMatchObject({ warnings: [] })
  expect(encode({ ...one, model: 'gpt-5-mini' }, openaiQuirks).body).toMatchObject({
    parallel_tool_calls: false,
  })
})

test('a tool is strict at OpenAI where its schema leaves nothing open, and at other servers as it is', () => {
  const inner = (over: JsonObject): JsonObject => ({
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
    ...over,
  })
  const tool = (inputSchema: JsonObject) => [{ name: 'f', inputSchema, strict: true }]
  const closed = inner({
    properties: { a: inner({}) },
    $defs: { b: { anyOf: [inner({}), { type: 'null' }] } },
  })
  expect(encode({ tools: tool(closed) })).toMatchObject({
    body: { tools: [{ function: { strict: true } }] },
    warnings: [],
  })
  for (const open of [{ required: [] }, { additionalProperties: true }]) {
    const schemas = [inner(open), inner({ properties: { a: { type: 'array', items: inner(open) } } })]
    for (const schema of [...schemas, inner({ $defs: { b: { anyOf: [inner(open)] } } })]) {
      expect(refused({ tools: tool(schema) }, ['"f"']).tools).toEqual([
        { type: 'function', function: { name: 'f', parameters: schema } },
      ])
      expect(encode({ tools: tool(schema) }, {})).toMatchObject({ warnings: [] })
    }
  }
})
