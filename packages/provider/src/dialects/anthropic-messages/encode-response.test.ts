import { expect, test } from 'vitest'
import type { CompletionResponse, StopReason } from '../../types/completion.ts'
import { isJsonObject } from '../json.ts'
import { anthropicClientDialect } from './client-dialect.ts'

const client = { now: 0, includeUsage: true, generateId: () => 'gen_1' }
const encode = (over: Partial<CompletionResponse>) =>
  anthropicClientDialect.encodeResponse(
    {
      id: 'chatcmpl-1',
      model: 'gpt-5-mini',
      content: [{ type: 'text', text: 'Hi' }],
      stopReason: 'end-turn',
      usage: { inputTokens: 10, outputTokens: 2 },
      ...over,
    },
    client,
  )

test('an answer of another dialect is a whole message', () => {
  expect(encode({})).toEqual({
    id: 'chatcmpl-1',
    type: 'message',
    role: 'assistant',
    model: 'gpt-5-mini',
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 2 },
  })
  expect(encode({ id: '' }).id).toBe('gen_1')
})

test('cached tokens are no input here, and reasoning is a detail of the output', () => {
  const usage = {
    inputTokens: 100,
    outputTokens: 9,
    cacheReadTokens: 60,
    cacheWriteTokens: 30,
    reasoningTokens: 4,
  }
  expect(encode({ usage }).usage).toEqual({
    input_tokens: 10,
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 60,
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 4 },
  })
  expect(encode({ usage: { inputTokens: 5, outputTokens: 1, cacheReadTokens: 9 } }).usage).toMatchObject({
    input_tokens: 0,
  })
})

test('thinking that nobody signed has an empty signature; fields of another dialect are not shown', () => {
  const extra = { dialect: 'openai-chat', type: 'refusal' }
  const { content, ...message } = encode({
    content: [
      { type: 'thinking', text: 'Hm', extra: { dialect: 'anthropic-messages', model: 'claude-x' } },
      { type: 'thinking', text: '', signature: 's' },
      { type: 'text', text: '' },
      { type: 'text', text: 'No.', extra },
      { type: 'native', dialect: 'openai-chat', value: { id: 'x' } },
    ],
    stopReason: 'refusal',
    extra: { dialect: 'openai-chat', system_fingerprint: 'fp' },
  })
  expect(content).toEqual([
    { type: 'thinking', thinking: 'Hm', signature: '' },
    { type: 'thinking', thinking: '', signature: 's' },
    { type: 'text', text: 'No.' },
  ])
  expect(message).toMatchObject({ stop_reason: 'refusal' })
  expect(message).not.toHaveProperty('system_fingerprint')
  // What has no tag was written for whichever upstream, not for clients.
  expect(encode({ extra: { secret: 1 } })).not.toHaveProperty('secret')
})

test('tool ids are ones that this wire takes, and meet their results on the way back', () => {
  const id = 'functions.f:0'
  const { content } = encode({
    content: [{ type: 'tool-use', id, name: 'f', input: { n: 1 } }],
    stopReason: 'tool-use',
  })
  const [call] = Array.isArray(content) ? content : []
  expect(call).toMatchObject({ id: expect.stringMatching(/^[a-zA-Z0-9_-]+$/) })
  const sent = JSON.parse(JSON.stringify(call))
  const { request } = anthropicClientDialect.decodeRequest({
    model: 'm',
    max_tokens: 1,
    messages: [
      { role: 'assistant', content: [sent] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: sent.id, content: 'ok' }] },
    ],
  })
  expect(request.messages).toEqual([
    { role: 'assistant', content: [{ type: 'tool-use', id: sent.id, name: 'f', input: { n: 1 } }] },
    { role: 'user', content: [{ type: 'tool-result', toolUseId: sent.id, content: 'ok' }] },
  ])
})

test('input is an object: raw text where it is one, else what stands in', () => {
  const use = (inputText: string) => ({
    type: 'tool-use' as const,
    id: 'a',
    name: 'f',
    input: { n: 1 },
    inputText,
  })
  const { content } = encode({ content: [use('{"n":1.0}'), use('{"n":'), use('')] })
  const inputs = Array.isArray(content) ? content.map((block) => isJsonObject(block) && block.input) : []
  expect(JSON.stringify(inputs)).toBe('[{"n":1.0},{"n":1},{}]')
})

test.for<[StopReason, string]>([
  ['end-turn', 'end_turn'],
  ['max-tokens', 'max_tokens'],
  ['stop-sequence', 'stop_sequence'],
  ['tool-use', 'tool_use'],
  ['refusal', 'refusal'],
  ['pause', 'pause_turn'],
  ['context-window', 'model_context_window_exceeded'],
  ['unknown', 'end_turn'],
])('stop reason %s is %s', ([stopReason, wire]) => {
  expect(encode({ stopReason }).stop_reason).toBe(wire)
})
