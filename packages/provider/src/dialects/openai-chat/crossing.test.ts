import { expect, test } from 'vitest'
import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, NativeBlock, ThinkingBlock, ToolUseBlock } from '../../types/message.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import { anthropicClientDialect } from '../anthropic-messages/client-dialect.ts'
import { createAnthropicDialect } from '../anthropic-messages/dialect.ts'
import { chatClientDialect } from './client-dialect.ts'
import { createChatDialect } from './dialect.ts'
import type { ChatQuirks } from './quirks.ts'

/*
 * A client of this dialect before a provider of another one.
 */

const anthropic = createAnthropicDialect({ defaultMaxTokens: () => 4096 })

const cross = (body: JsonObject) => {
  const { request, stream, warnings } = chatClientDialect.decodeRequest({
    model: 'claude-haiku-4-5',
    ...body,
  })
  const encoded = anthropic.encodeRequest(request, { stream })
  return {
    body: encoded.body,
    warnings: [...warnings, ...encoded.warnings].map((warning) => warning.message),
  }
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

test('a tool loop is a legal history, its images and cache marks included', () => {
  const call = (id: string, name: string, text: string) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  })
  const { body, warnings } = cross({
    max_tokens: 100,
    stop: 'END',
    tools: [{ type: 'function', function: { name: 'weather', description: 'W.', parameters } }],
    tool_choice: 'required',
    parallel_tool_calls: false,
    messages: [
      {
        role: 'developer',
        content: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        ],
      },
      {
        role: 'assistant',
        content: '',
        tool_calls: [call('call.1', 'weather', '{"city":"Wien"}'), call('call_2', 'weather', '')],
      },
      { role: 'tool', tool_call_id: 'call_2', content: '' },
      { role: 'tool', tool_call_id: 'call.1', content: 'Sunny' },
      { role: 'user', content: 'And?' },
    ],
  })
  expect(body).toMatchObject({
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    stop_sequences: ['END'],
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    tools: [{ name: 'weather', description: 'W.', input_schema: parameters }],
    tool_choice: { type: 'any' },
  })
  expect(body.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        {
          type: 'tool_use',
          id: expect.stringMatching(/^call_1_\w+$/),
          name: 'weather',
          input: { city: 'Wien' },
        },
        { type: 'tool_use', id: 'call_2', name: 'weather', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: expect.stringMatching(/^call_1_\w+$/), content: 'Sunny' },
        { type: 'tool_result', tool_use_id: 'call_2' },
        { type: 'text', text: 'And?' },
      ],
    },
  ])
  expect(warnings).toEqual([])
})

test('signed thinking that a client sends back reaches the model that signed it', () => {
  const content = [
    {
      type: 'thinking' as const,
      text: 'Hm',
      signature: 'c2ln',
      extra: { dialect: 'anthropic-messages', model: 'claude-haiku-4-5' },
    },
    { type: 'tool-use' as const, id: 'toolu_1', name: 'weather', input: { city: 'Wien' } },
  ]
  const { choices } = chatClientDialect.encodeResponse(
    {
      id: 'msg_1',
      model: 'claude-haiku-4-5',
      content,
      stopReason: 'tool-use',
      usage: { inputTokens: 1, outputTokens: 1 },
    },
    { now: 0, generateId: () => 'made', includeUsage: false },
  )
  const [choice] = choices as { message: JsonObject }[]
  const { body, warnings } = cross({
    max_tokens: 5000,
    messages: [
      { role: 'user', content: 'Go' },
      choice?.message ?? {},
      { role: 'tool', tool_call_id: 'toolu_1', content: 'Sunny' },
    ],
  })
  expect(body.messages).toMatchObject([
    {},
    {
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
        { type: 'tool_use', id: 'toolu_1' },
      ],
    },
    { content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
  ])
  expect(warnings).toEqual([])
})

test('what only OpenAI knows is named in a warning, each once; usage of the stream is not', () => {
  const { body, warnings } = cross({
    max_tokens: 5,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'Hi', name: 'ada' }],
    ...{ seed: 7, logit_bias: { 5: 1 }, store: true, user: 'u', frequency_penalty: 0.5 },
  })
  expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream'])
  const named = ['seed', 'logit_bias', 'store', 'user', 'frequency_penalty', 'name']
  // One of the request, one of the message.
  expect(warnings).toHaveLength(2)
  for (const name of named) expect(warnings.join('\n')).toContain(`"${name}"`)
})

test('thinking that is redacted goes back to its model where a client sends it back, whole and streamed', async () => {
  const origin = { dialect: 'anthropic-messages' as const, model: 'claude-haiku-4-5' }
  const native: NativeBlock = {
    type: 'native',
    ...origin,
    value: { type: 'redacted_thinking', data: 'Emw=' },
  }
  const signed: ThinkingBlock = { type: 'thinking', text: 'Hm', signature: 'c2ln', extra: origin }
  const call: ToolUseBlock = { type: 'tool-use', id: 'toolu_1', name: 'weather', input: {} }
  const other: NativeBlock = { type: 'native', ...origin, value: { type: 'server_tool_use', data: 'x' } }
  const answer = { id: 'msg_1', model: origin.model, usage: { inputTokens: 1, outputTokens: 1 } }
  const context = { now: 0, generateId: () => 'made', includeUsage: false }
  const whole = chatClientDialect.encodeResponse(
    { ...answer, content: [native, signed, other, native, call], stopReason: 'tool-use' },
    context,
  )
  const encoder = chatClientDialect.createStreamEncoder(context)
  const events: StreamEvent[] = [
    { type: 'start', id: 'msg_1', model: origin.model },
    { type: 'native', index: 0, block: native },
    { type: 'thinking-delta', index: 1, text: 'Hm' },
    { type: 'thinking-delta', index: 1, text: '', signature: 'c2ln' },
    { type: 'block-end', index: 1, extra: origin },
    { type: 'native', index: 2, block: other },
    { type: 'native', index: 3, block: native },
    { type: 'tool-use-start', index: 4, id: 'toolu_1', name: 'weather' },
    { type: 'block-end', index: 4 },
    { type: 'finish', stopReason: 'tool-use', usage: answer.usage },
  ]
  const deltas = events
    .map(encoder.encode)
    .join('')
    .match(/^data: \{.*$/gm)
    ?.map((line) => JSON.parse(line.slice(6)).choices[0].delta)
  const streamed = {
    ...whole,
    choices: [
      {
        message: {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm',
          reasoning_details: deltas?.flatMap((delta) => delta.reasoning_details ?? []),
          tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
      },
    ],
  }
  for (const { choices } of [whole, streamed]) {
    const [choice] = choices as { message: JsonObject }[]
    const { body, warnings } = cross({
      max_tokens: 5000,
      messages: [
        { role: 'user', content: 'Go' },
        choice?.message ?? {},
        { role: 'tool', tool_call_id: 'toolu_1', content: 'Sunny' },
      ],
    })
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          { type: 'redacted_thinking', data: 'Emw=' },
          { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'Emw=' },
          { type: 'tool_use', id: 'toolu_1' },
        ],
      },
      {},
    ])
    expect(warnings).toEqual([])
  }
})

test('the thinking of a model that wants it back goes back with its calls, though nobody said so of the server', () => {
  const { request } = anthropicClientDialect.decodeRequest({
    model: 'x',
    max_tokens: 9,
    messages: [
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: '' },
          { type: 'tool_use', id: 'call_1', name: 'f', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'r' }] },
    ],
  })
  const sent = (model: string) =>
    createChatDialect({}).encodeRequest({ ...request, model }, { stream: false }).body.messages
  const thinking = [
    'deepseek-v4-pro',
    'deepseek-ai/DeepSeek-V3.2',
    'deepseek-v3-1-250821',
    'deepseek-reasoner',
  ]
  for (const model of [...thinking, 'moonshotai/kimi-k2-thinking', 'kimi-k2.5', 'models/kimi-k2p6']) {
    expect(sent(model)).toMatchObject([{}, { reasoning_content: 'Hm.', tool_calls: [{}] }, {}])
  }
  const plain = ['deepseek-r1-distill-llama-70b', 'deepseek-v3', 'deepseek-v3-0324', 'deepseek-v3-241226']
  for (const model of [...plain, 'moonshotai/kimi-k2-instruct-0905', 'kimi-k2-0905-preview', 'gpt-4.1']) {
    expect(JSON.stringify(sent(model))).not.toContain('Hm.')
  }
})

test('thinking that another provider signed goes to a model that wants its own back only with calls', () => {
  const thinking = { type: 'thinking' as const, text: 'Hm.', signature: 'c2ln' }
  const call = { type: 'tool-use' as const, id: 'a', name: 'f', input: {} }
  const send = (content: ContentBlock[], quirks: ChatQuirks = {}) => {
    const messages = [{ role: 'assistant' as const, content }]
    const request = { model: 'deepseek-v4-pro', messages }
    return createChatDialect(quirks).encodeRequest(request, { stream: false })
  }
  const text = { type: 'text' as const, text: 'x' }
  expect(send([thinking, call]).body.messages).toMatchObject([{ reasoning_content: 'Hm.' }, {}])
  const alone = send([thinking, text])
  expect(JSON.stringify(alone.body)).not.toContain('reasoning_content')
  expect(alone.warnings).toMatchObject([{ code: 'dropped-block' }])
  const own = send([{ type: 'thinking', text: 'Own.' }, thinking, text])
  expect(own.body.messages).toMatchObject([{ reasoning_content: 'Own.' }])
  const off = send([{ type: 'thinking', text: 'Own.' }, call], { reasoningField: 'none' })
  expect(JSON.stringify(off.body)).not.toContain('Own.')
})

test('a custom tool is a function of one text, and its call free text again', () => {
  const { request, answerForm } = chatClientDialect.decodeRequest({
    model: 'claude-haiku-4-5',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'q' }],
    tools: [{ type: 'custom', custom: { name: 'code', description: 'Runs code.' } }],
    tool_choice: { type: 'custom', custom: { name: 'code' } },
  })
  const { body, warnings } = anthropic.encodeRequest(request, { stream: false })
  expect(body.tool_choice).toEqual({ type: 'tool', name: 'code' })
  expect(body.tools).toMatchObject([
    { name: 'code', description: 'Runs code.', input_schema: { required: ['input'] } },
  ])
  expect(warnings).toEqual([])
  const wire = {
    id: 'msg_1',
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'code', input: { input: 'x = 1' } }],
    stop_reason: 'tool_use',
  }
  const context = { provider: 'p', model: 'claude-haiku-4-5', generateId: () => 'id' }
  const answer = chatClientDialect.encodeResponse(anthropic.decodeResponse(wire, context), {
    now: 0,
    generateId: () => 'id',
    includeUsage: false,
    answerForm,
  })
  expect(answer.choices).toMatchObject([
    {
      message: { tool_calls: [{ id: 'toolu_1', type: 'custom', custom: { name: 'code', input: 'x = 1' } }] },
    },
  ])
})

test('a custom tool of any text, or of a grammar that its function tells, loses nothing worth a warning', () => {
  const grammar = { definition: 'start: "x"', syntax: 'lark' }
  const warned = (custom: JsonObject) =>
    cross({
      max_tokens: 9,
      messages: [{ role: 'user', content: 'q' }],
      tools: [{ type: 'custom', custom: { name: 'code', ...custom } }],
    })
  for (const format of [{ type: 'text' }, { type: 'grammar', grammar }, null]) {
    expect(warned({ format }).warnings).toEqual([])
  }
  expect(JSON.stringify(warned({ format: { type: 'grammar', grammar } }).body)).toContain('start:')
  expect(warned({ format: { type: 'audio' } }).warnings).toEqual([expect.stringContaining('"custom"')])
  expect(warned({ later: 1 }).warnings).toEqual([expect.stringContaining('"custom"')])
})

test('a file keeps its name as the title of a document, and a document its title as the name of a file', () => {
  const file = { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' }
  const { body, warnings } = cross({
    max_tokens: 9,
    messages: [{ role: 'user', content: [{ type: 'file', file }] }],
  })
  const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }
  expect(body.messages).toEqual([{ role: 'user', content: [{ type: 'document', title: 'a.pdf', source }] }])
  expect(warnings).toEqual([])
  const long = cross({
    max_tokens: 9,
    messages: [{ role: 'user', content: [{ type: 'file', file: { ...file, filename: '😀'.repeat(501) } }] }],
  })
  expect(long.body.messages).toMatchObject([{ content: [{ title: '😀'.repeat(500) }] }])

  const chat = createChatDialect({})
  for (const [title, filename] of [
    ['a.pdf', 'a.pdf'],
    ['A.PDF', 'A.PDF'],
    ['The plan', 'The plan.pdf'],
    ['Version 2.0', 'Version 2.0.pdf'],
    ['Dr. Who', 'Dr. Who.pdf'],
    [null, 'document.pdf'],
  ] as const) {
    const { request } = anthropicClientDialect.decodeRequest({
      model: 'gpt-4.1',
      max_tokens: 9,
      messages: [{ role: 'user', content: [{ type: 'document', title, source }] }],
    })
    expect(chat.encodeRequest(request, { stream: false })).toMatchObject({
      body: { messages: [{ content: [{ type: 'file', file: { ...file, filename } }] }] },
      warnings: [],
    })
  }
})
