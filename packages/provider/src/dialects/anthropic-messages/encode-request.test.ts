import { expect, test } from 'vitest'
import type { CompletionRequest } from '../../types/completion.ts'
import { isJsonObject } from '../json.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const hi: CompletionRequest = {
  model: 'claude-sonnet-4-6',
  messages: [{ role: 'user', content: 'Hi' }],
  maxTokens: 9000,
}
const tools = [{ name: 'f', description: 'Does f.', inputSchema: { type: 'object', properties: {} } }]

const encode = (over: Partial<CompletionRequest>, stream = false) =>
  encodeRequest({ ...hi, ...over }, { stream }, { defaultMaxTokens: () => undefined })

/** What is not sent, by its warnings, and that nothing else was warned of. */
const refused = (over: Partial<CompletionRequest>, options: readonly string[]) => {
  const { body, warnings } = encode(over)
  expect(warnings.map((warning) => warning.code)).toEqual(options.map(() => 'unsupported-option'))
  for (const [at, option] of options.entries()) expect(warnings[at]?.message).toContain(option)
  return body
}

test('a request holds what was asked for and nothing else', () => {
  expect(encode({})).toEqual({
    body: {
      model: 'claude-sonnet-4-6',
      max_tokens: 9000,
      messages: [{ role: 'user', content: 'Hi' }],
    },
    warnings: [],
  })
  expect(encode({}, true).body.stream).toBe(true)
})

test('what was written as one string goes as one; as soon as there is more, as blocks', () => {
  const send = (messages: CompletionRequest['messages']) => encode({ messages }).body
  const system = { role: 'system' as const, content: 'Be brief.' }
  const text = (value: string) => ({ type: 'text', text: value })
  expect(send([system, ...hi.messages])).toMatchObject({ system: 'Be brief.', messages: [{ content: 'Hi' }] })
  const blocks = { ...system, content: [{ type: 'text' as const, text: 'Be brief.' }] }
  expect(send([blocks, ...hi.messages])).toMatchObject({ system: [text('Be brief.')] })
  expect(send([...hi.messages, { role: 'user', content: 'there' }])).toMatchObject({
    messages: [{ role: 'user', content: [text('Hi'), text('there')] }],
  })
})

test('options that this wire has are sent, zeros too', () => {
  const { body, warnings } = encode({
    system: 'Be brief.',
    temperature: 0,
    topK: 5,
    stopSequences: ['END'],
    tools,
    toolChoice: { type: 'tool', name: 'f' },
    responseFormat: {
      type: 'json-schema',
      name: 'x',
      schema: { type: 'object', $defs: {}, additionalProperties: false },
    },
    metadata: { user_id: 'u1' },
  })
  expect(body).toMatchObject({
    system: 'Be brief.',
    temperature: 0,
    top_k: 5,
    stop_sequences: ['END'],
    tools: [{ name: 'f', description: 'Does f.', input_schema: { type: 'object', properties: {} } }],
    tool_choice: { type: 'tool', name: 'f' },
    output_config: {
      format: { type: 'json_schema', schema: { type: 'object', $defs: {}, additionalProperties: false } },
    },
    metadata: { user_id: 'u1' },
  })
  expect(warnings).toEqual([])
})

test.for([
  [undefined, 4096],
  [64_000, 64_000],
  [5, 1024],
] as const)('without maxTokens a default of %s is sent as %s, with a warning', ([known, sent]) => {
  const request = { ...hi, maxTokens: undefined }
  const { body, warnings } = encodeRequest(request, { stream: false }, { defaultMaxTokens: () => known })
  expect(body.max_tokens).toBe(sent)
  expect(warnings).toEqual([{ code: 'default-applied', message: expect.stringContaining(String(sent)) }])
})

test.for(['claude-opus-4-7', 'claude-sonnet-5', 'claude-opus-4-8-20260901', 'claude-fable-5', 'claude-next'])(
  '%s takes no sampling options',
  (model) => {
    const body = refused({ model, temperature: 0.2, topP: 0.9, topK: 3 }, ['temperature', 'topP', 'topK'])
    expect(body).not.toHaveProperty('temperature')
    expect(body).not.toHaveProperty('top_p')
    expect(body).not.toHaveProperty('top_k')
    expect(encode({ model, temperature: 1 }).warnings).toEqual([])
  },
)

test.for(['claude-opus-4-6', 'claude-opus-4-20250514', 'claude-3-5-sonnet-20241022', 'claude-3-opus-latest'])(
  '%s takes a temperature',
  (model) => {
    expect(encode({ model, temperature: 0.2 })).toMatchObject({ body: { temperature: 0.2 }, warnings: [] })
  },
)

test('from 4.1 on top_p does not go with a temperature; before it does', () => {
  const both = { temperature: 0.5, topP: 0.9 }
  expect(refused({ ...both, model: 'claude-opus-4-1' }, ['topP'])).toMatchObject({ temperature: 0.5 })
  expect(encode({ ...both, model: 'claude-3-haiku-20240307' })).toMatchObject({
    body: { top_p: 0.9 },
    warnings: [],
  })
})

test('a temperature above 1 is sent as 1', () => {
  expect(refused({ temperature: 1.5 }, ['temperature']).temperature).toBe(1)
})

test('stop sequences of white space alone are not sent', () => {
  expect(refused({ stopSequences: ['\n\n', 'END'] }, ['"\\n\\n"']).stop_sequences).toEqual(['END'])
  expect(refused({ stopSequences: [' '] }, ['" "'])).not.toHaveProperty('stop_sequences')
})

test('what this wire does not have is named: json without schema, other metadata, a choice without tools', () => {
  refused({ responseFormat: { type: 'json' } }, ['json'])
  refused({ metadata: { user_id: 'u', trace: 't' } }, ['"trace"'])
  expect(refused({ toolChoice: { type: 'auto' } }, ['toolChoice'])).not.toHaveProperty('tool_choice')
})

test('one call at a time stands in the tool choice, where there are tools to choose from', () => {
  const choice = (over: Partial<CompletionRequest>) => encode({ tools, ...over }).body.tool_choice
  expect(choice({ parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  expect(choice({ parallelToolCalls: true })).toBeUndefined()
  expect(choice({ parallelToolCalls: false, toolChoice: { type: 'tool', name: 'f' } })).toEqual({
    type: 'tool',
    name: 'f',
    disable_parallel_tool_use: true,
  })
  expect(choice({ parallelToolCalls: false, toolChoice: { type: 'none' } })).toEqual({ type: 'none' })
  expect(choice({ parallelToolCalls: false, tools: undefined })).toBeUndefined()
})

test('strict tools are strict where the model has that; tools of another provider are left out', () => {
  const strict = [{ name: 'f', inputSchema: { type: 'object' }, strict: true }]
  expect(encode({ tools: strict }).body.tools).toMatchObject([{ strict: true }])
  const older = refused({ model: 'claude-opus-4-1', tools: strict }, ['strict'])
  expect(older.tools).toEqual([{ name: 'f', input_schema: { type: 'object' } }])
  const extra = { dialect: 'openai-chat', type: 'code_interpreter' }
  expect(refused({ tools: [{ name: 'g', inputSchema: {}, extra }] }, ['"g"'])).not.toHaveProperty('tools')
})

test('under the API version without sampling options none is sent to any model', () => {
  const request = { ...hi, temperature: 0.5, topK: 3 }
  const send = (version: string) =>
    encodeRequest(request, { stream: false }, { defaultMaxTokens: () => 1, version })
  expect(send('2023-06-01').body).toMatchObject({ temperature: 0.5, top_k: 3 })
  expect(send('2026-10-21').body).not.toHaveProperty('temperature')
  expect(send('2026-10-21').warnings).toHaveLength(2)
})

test.for(['auto', 'any', 'none'] as const)('tool choice %s', (type) => {
  expect(encode({ tools, toolChoice: { type } }).body.tool_choice).toEqual({ type })
})

test('a schema without a type gets the one that the wire demands; server tools have none', () => {
  const server = { type: 'web_search_20250305', max_uses: 3 }
  const { body } = encode({
    tools: [
      { name: 'f', inputSchema: {} },
      { name: 'web_search', inputSchema: {}, extra: { dialect: 'anthropic-messages', ...server } },
    ],
  })
  expect(body.tools).toEqual([
    { name: 'f', input_schema: { type: 'object' } },
    { name: 'web_search', ...server },
  ])
})

test('thinking up to 4.6 has a budget below max_tokens', () => {
  const enabled = (budget: number) => ({ type: 'enabled', budget_tokens: budget })
  expect(encode({ reasoning: { effort: 'low' } }).body).toMatchObject({
    thinking: enabled(2048),
    max_tokens: 9000,
  })
  expect(encode({ reasoning: { budgetTokens: 2000 } }).body.thinking).toEqual(enabled(2000))
  const open = encode({ reasoning: { effort: 'high' }, maxTokens: undefined }).body
  expect(open).toMatchObject({ thinking: enabled(24_576), max_tokens: 25_600 })
  expect(refused({ reasoning: { budgetTokens: 10_000 } }, ['8999']).thinking).toEqual(enabled(8999))
})

test('a limit leaves room for an answer behind thinking that was asked for by an effort', () => {
  const budget = (maxTokens: number) => {
    const { thinking } = refused({ reasoning: { effort: 'high' }, maxTokens }, ['reasoning'])
    return thinking
  }
  expect(budget(9000)).toEqual({ type: 'enabled', budget_tokens: 7976 })
  expect(budget(1100)).toEqual({ type: 'enabled', budget_tokens: 1024 })
})

test('thinking after 4.6 is adaptive and has an effort', () => {
  const model = 'claude-opus-4-8'
  expect(encode({ model, reasoning: { effort: 'high' } }).body).toMatchObject({
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
  })
  const body = refused({ model, reasoning: { budgetTokens: 8000 } }, ['budgetTokens'])
  expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } })
})

test('thinking is left out where the wire would refuse it', () => {
  const reasoning = { effort: 'low' } as const
  const loop: CompletionRequest['messages'] = [
    { role: 'assistant', content: [{ type: 'tool-use', id: 'a', name: 'f', input: {} }] },
    { role: 'tool', content: [{ type: 'tool-result', toolUseId: 'a', content: '1' }] },
  ]
  const cases: Partial<CompletionRequest>[] = [
    { tools, toolChoice: { type: 'any' } },
    { maxTokens: 1000 },
    { model: 'claude-3-5-haiku-20241022' },
    { messages: [...hi.messages, ...loop] },
  ]
  for (const over of cases) {
    expect(refused({ reasoning, ...over }, ['reasoning is not sent'])).not.toHaveProperty('thinking')
  }
  expect(encode({ reasoning: { effort: 'none' } })).toMatchObject({
    body: expect.not.objectContaining({ thinking: 0 }),
  })
  expect(encode({ reasoning: { effort: 'none' } }).body).not.toHaveProperty('thinking')
})

test('thinking excludes other sampling than the default', () => {
  const body = refused({ reasoning: { effort: 'low' }, temperature: 0.5, topK: 3 }, ['temperature', 'topK'])
  expect(body).toHaveProperty('thinking')
  expect(
    encode({ reasoning: { effort: 'low' }, temperature: 1, topP: 0.96, model: 'claude-3-7-sonnet-20250219' })
      .body,
  ).toMatchObject({
    temperature: 1,
    top_p: 0.96,
  })
})

test("the request's own fields of this dialect come along and never replace ours", () => {
  const extra = {
    service_tier: 'auto',
    model: 'evil',
    temperature: 2,
    top_k: 1,
    metadata: { user_id: 'x', more: 1 },
  }
  const { body, warnings } = encode({ extra, metadata: { user_id: 'u' } })
  expect(body).toMatchObject({
    service_tier: 'auto',
    model: 'claude-sonnet-4-6',
    metadata: { user_id: 'u', more: 1 },
  })
  expect(body).not.toHaveProperty('temperature')
  expect(body).not.toHaveProperty('top_k')
  expect(warnings).toEqual([])
})

test('fields of another dialect are not sent, and each is named', () => {
  const body = refused({ extra: { dialect: 'openai-chat', seed: 1, logit_bias: { 5: 1 }, store: true } }, [
    '"seed", "logit_bias", "store" of the request',
  ])
  expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'messages'])
})

test('the user begins, and ends for a model that takes no prefill; neither is added to what this wire wrote', () => {
  const assistant = { role: 'assistant' as const, content: 'Hello.' }
  const [user] = hi.messages
  const rolesAndTexts = (over: Partial<CompletionRequest>) => {
    const { body, warnings } = encode(over)
    const messages = Array.isArray(body.messages) ? body.messages : []
    return [messages.map((message) => isJsonObject(message) && message.role), warnings.length]
  }
  const history = (...messages: (typeof assistant | typeof user)[]) =>
    messages.flatMap((message) => message ?? [])
  expect(encode({ system: 'Be brief.', messages: [] }).body).toMatchObject({
    system: 'Be brief.',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Begin.' }] }],
  })
  expect(rolesAndTexts({ messages: history(assistant, user) })).toEqual([['user', 'assistant', 'user'], 1])
  expect(rolesAndTexts({ messages: history(user, assistant) })).toEqual([['user', 'assistant', 'user'], 1])
  const older = { model: 'claude-sonnet-4-5', messages: history(user, assistant) }
  expect(rolesAndTexts(older)).toEqual([['user', 'assistant'], 0])
  const wire = {
    model: 'claude-sonnet-4-6',
    max_tokens: 9,
    messages: [assistant, { role: 'user', content: 'x' }, assistant],
  }
  const { request } = decodeRequest(wire)
  expect(encode(request)).toMatchObject({ body: { messages: wire.messages }, warnings: [] })
})

test('the schema of a strict tool is one that the wire enforces; any other stays as it is', () => {
  const inputSchema = {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 1 } },
    additionalProperties: false,
  }
  const { body, warnings } = encode({ tools: [{ name: 'f', inputSchema, strict: true }] })
  expect(body.tools).toMatchObject([
    { strict: true, input_schema: { properties: { n: { type: 'integer', description: '(minimum: 1)' } } } },
  ])
  expect(warnings).toMatchObject([
    { message: expect.stringContaining('"minimum" of the schema of tool "f"') },
  ])
  expect(encode({ tools: [{ name: 'f', inputSchema }] })).toMatchObject({
    body: { tools: [{ input_schema: inputSchema }] },
    warnings: [],
  })
})
