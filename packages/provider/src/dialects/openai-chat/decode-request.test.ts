import { expect, test } from 'vitest'
import type { JsonObject } from '../../types/json.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const hi = { role: 'user', content: 'Hi' }
const f = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } }
const g = { type: 'custom', custom: { name: 'g', description: 'Free.', format: { type: 'text' } } }

const decode = (over: JsonObject) => decodeRequest({ model: 'm', messages: [hi], ...over })
const options = (over: JsonObject) => {
  const { messages: _, model: __, ...rest } = decode(over).request
  return rest
}

test('a plain request holds what was asked for and nothing else', () => {
  expect(decode({})).toEqual({
    request: { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
    stream: false,
    warnings: [],
  })
})

test('null says nothing', () => {
  const names = [
    ...['temperature', 'top_p', 'stop', 'max_tokens', 'max_completion_tokens', 'response_format', 'metadata'],
    ...['tools', 'tool_choice', 'functions', 'function_call', 'parallel_tool_calls', 'reasoning_effort', 'n'],
    ...[
      'stream',
      'stream_options',
      'logit_bias',
      'seed',
      'user',
      'store',
      'service_tier',
      'audio',
      'verbosity',
    ],
  ]
  expect(decode(Object.fromEntries(names.map((name) => [name, null])))).toEqual(decode({}))
})

test.for([
  [{ max_tokens: 5 }, { maxTokens: 5 }],
  [{ max_completion_tokens: 6, max_tokens: 5 }, { maxTokens: 6 }],
  [
    { temperature: 0, top_p: 0, top_k: 3 },
    { temperature: 0, topP: 0, topK: 3 },
  ],
  [{ stop: 'END' }, { stopSequences: ['END'] }],
  [{ stop: ['a', 'b'] }, { stopSequences: ['a', 'b'] }],
  [{ metadata: { trace: 't' } }, { metadata: { trace: 't' } }],
  [{ response_format: { type: 'text' } }, { responseFormat: { type: 'text' } }],
  [{ response_format: { type: 'json_object' } }, { responseFormat: { type: 'json' } }],
  [
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { $defs: {} }, strict: true },
      },
    },
    { responseFormat: { type: 'json-schema', name: 'x', schema: { $defs: {} }, strict: true } },
  ],
] as [JsonObject, object][])('%j is %j', ([wire, expected]) => {
  expect(options(wire)).toEqual(expected)
})

test.for([
  [{ reasoning_effort: 'low' }, { effort: 'low' }],
  [{ reasoning_effort: 'xhigh' }, { effort: 'high', extra: { reasoning_effort: 'xhigh' } }],
  [{ reasoning_effort: 'max' }, { effort: 'high', extra: { reasoning_effort: 'max' } }],
  [{ reasoning: { effort: 'minimal' } }, { effort: 'minimal' }],
  [{ reasoning: { max_tokens: 2000 } }, { budgetTokens: 2000 }],
  [{ reasoning: { enabled: false } }, { effort: 'none' }],
  [{ reasoning: { enabled: true } }, { effort: 'medium' }],
  [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { budgetTokens: 2000 }],
  [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
  [{ thinking: { type: 'adaptive' } }, { effort: 'high' }],
] as [JsonObject, object][])('%j is reasoning %j', ([wire, expected]) => {
  expect(options(wire).reasoning).toMatchObject(expected)
  expect(decode(wire).warnings).toEqual([])
})

test('an effort that nobody knows is read as medium, said, and goes back as it was', () => {
  const { request, warnings } = decode({ reasoning_effort: 'ultra' })
  expect(request.reasoning?.effort).toBe('medium')
  expect(warnings).toEqual([{ code: 'unsupported-option', message: expect.stringContaining('"ultra"') }])
  expect(encodeRequest(request, { stream: false }, {}).body.reasoning_effort).toBe('ultra')
})

test('what the vocabulary does not model is kept for this dialect, as whom a client cannot pass off another', () => {
  const { extra } = options({ seed: 7, user: 'u', dialect: 'anthropic-messages', n: 1 })
  expect(extra).toEqual({ dialect: 'openai-chat', seed: 7, user: 'u', n: 1 })
})

test('usage of a stream is no option of the model', () => {
  const asked = { stream: true, stream_options: { include_usage: true } }
  expect(decode(asked)).toMatchObject({ stream: true, warnings: [] })
  expect(options(asked)).toEqual({})
  const padded = { stream: true, stream_options: { include_obfuscation: false } }
  expect(options(padded).extra).toMatchObject({ stream_options: { include_obfuscation: false } })
})

test('tools keep their schema and their strictness; one without parameters takes none', () => {
  const strict = { type: 'function', function: { name: 's', strict: true, parameters: { $defs: {} } } }
  expect(
    options({ tools: [strict, { type: 'function', function: { name: 'e', description: 'E.' } }] }),
  ).toEqual({
    tools: [
      { name: 's', inputSchema: { $defs: {} }, strict: true },
      { name: 'e', description: 'E.', inputSchema: { type: 'object', properties: {} } },
    ],
  })
})

test.for([
  ['auto', { type: 'auto' }],
  ['none', { type: 'none' }],
  ['required', { type: 'any' }],
  [
    { type: 'function', function: { name: 'f' } },
    { type: 'tool', name: 'f' },
  ],
  [
    { type: 'custom', custom: { name: 'g' } },
    { type: 'tool', name: 'g' },
  ],
] as const)('tool_choice %j is %j', ([choice, expected]) => {
  expect(options({ tools: [f, g], tool_choice: choice }).toolChoice).toEqual(expected)
})

test('tools that are not allowed are no tools of this request', () => {
  const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] }
  const read = options({ tools: [f, g], tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })
  expect(read.tools?.map((tool) => tool.name)).toEqual(['f'])
  expect(read.toolChoice).toEqual({ type: 'any' })
})

test('a custom tool is a function of one text elsewhere, and its answer is asked for as free text', () => {
  const { request, answerForm } = decode({ tools: [g], parallel_tool_calls: false })
  expect(request.tools).toEqual([
    expect.objectContaining({ name: 'g', inputSchema: expect.objectContaining({ required: ['input'] }) }),
  ])
  expect(request.parallelToolCalls).toBe(false)
  expect(answerForm).toEqual({ custom: ['g'] })
})

test('a tool that only its own provider runs is left out with a warning', () => {
  const { request, warnings } = decode({ tools: [{ type: 'web_search_preview' }, f] })
  expect(request.tools).toHaveLength(1)
  expect(warnings[0]?.message).toContain('"web_search_preview"')
})

test('legacy functions are tools of one call at a time, and the answer is asked for as a function_call', () => {
  const { request, answerForm } = decode({
    functions: [{ name: 'f', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
  })
  expect(request).toMatchObject({
    tools: [{ name: 'f' }],
    toolChoice: { type: 'tool', name: 'f' },
    parallelToolCalls: false,
  })
  expect(answerForm).toEqual({ functions: true })
})

test.for([
  ['model', { model: '' }],
  ['model', { model: 5 }],
  ['messages', { messages: 'Hi' }],
  ['messages', { messages: [] }],
  ['messages[0]', { messages: ['Hi'] }],
  ['messages[0].role', { messages: [{ role: 'robot', content: 'x' }] }],
  ['messages[1].content', { messages: [hi, { role: 'user' }] }],
  ['messages[1].content', { messages: [hi, { role: 'user', content: { type: 'text' } }] }],
  ['messages[0].content[0]', { messages: [{ role: 'user', content: ['x'] }] }],
  ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{}] }] }],
  [
    'messages[0].content[1].text',
    { messages: [{ role: 'user', content: [{ type: 'text', text: '' }, { type: 'text' }] }] },
  ],
  [
    'messages[0].content[0].image_url.url',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
  ],
  [
    'messages[0].content[0].input_audio',
    { messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
  ],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
  ['messages[0].tool_calls[0].id', { messages: [{ role: 'assistant', tool_calls: [{ type: 'function' }] }] }],
  ['messages[0].tool_calls[0].function', { messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }],
  [
    'messages[0].tool_calls[0].function.arguments',
    { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: 5 } }] }] },
  ],
  ['tools[0].type', { tools: [{}] }],
  ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
  ['tool_choice', { tools: [f], tool_choice: 'always' }],
  ['tool_choice.function', { tools: [f], tool_choice: { type: 'function' } }],
  [
    'tool_choice.allowed_tools.tools',
    { tools: [f], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
  ],
  ['temperature', { temperature: '1' }],
  ['max_tokens', { max_tokens: 0 }],
  ['max_completion_tokens', { max_completion_tokens: 1.5 }],
  ['stop[1]', { stop: ['a', 1] }],
  ['response_format.type', { response_format: { type: 'xml' } }],
  ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
  ['metadata.a', { metadata: { a: 1 } }],
  ['stream', { stream: 'yes' }],
  ['n', { n: 2 }],
  ['n', { n: 0 }],
] as [string, JsonObject][])('a fault names its field: %s', ([param, over]) => {
  const fault = expect.objectContaining({
    code: 'invalid-request',
    param,
    message: expect.stringContaining(`'${param}'`),
  })
  expect(() => decode(over)).toThrow(fault)
})
