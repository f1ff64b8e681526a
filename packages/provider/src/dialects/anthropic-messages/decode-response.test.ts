import { expect, test } from 'vitest'
import { makeContext } from '../test-support.ts'
import { decodeResponse } from './decode-response.ts'

const message = (over: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-6',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
  ...over,
})
const asked = 'claude-sonnet-4-6'
const decode = (over: object) => decodeResponse(message(over), makeContext({ model: asked }))
const usage = (over: object) => decode({ usage: over }).usage

test('a plain answer has nothing but what was said', () => {
  expect(decode({})).toEqual({
    id: 'msg_1',
    model: 'claude-sonnet-4-6',
    content: [{ type: 'text', text: 'Hi' }],
    stopReason: 'end-turn',
    usage: { inputTokens: 3, outputTokens: 2 },
  })
})

test('input tokens are all that the model read, cached and cache-writing ones included', () => {
  expect(
    usage({
      input_tokens: 3,
      output_tokens: 2,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 40,
    }),
  ).toEqual({ inputTokens: 143, outputTokens: 2, cacheReadTokens: 100, cacheWriteTokens: 40 })
  const apart = { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 10 }
  expect(usage({ input_tokens: 3, cache_creation_input_tokens: 40, cache_creation: apart })).toEqual({
    inputTokens: 43,
    outputTokens: 0,
    cacheWriteTokens: 40,
    cacheWrite1hTokens: 10,
    extra: { dialect: 'anthropic-messages', cache_creation: apart },
  })
  expect(usage({ input_tokens: null, output_tokens: 2, cache_read_input_tokens: null })).toEqual({
    inputTokens: 0,
    outputTokens: 2,
  })
  expect(usage({})).toEqual({ inputTokens: 0, outputTokens: 0, estimated: true })
  const odd = usage({ input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 'many' })
  expect(odd).toEqual({ inputTokens: 3, outputTokens: 2 })
})

test('blocks are read in order; unknown ones and redacted thinking stay as they are', () => {
  const natives = [
    { type: 'redacted_thinking', data: 'Emw=' },
    { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'x', server_name: 's', input: {} },
    { type: 'fallback', reason: null },
  ]
  const { content } = decode({
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'c2ln+/=' },
      ...natives,
      { type: 'text', text: '' },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 }, toolset_name: 't' },
    ],
  })
  const native = { type: 'native', dialect: 'anthropic-messages', model: 'claude-sonnet-4-6' }
  expect(content).toEqual([
    {
      type: 'thinking',
      text: 'Hm',
      signature: 'c2ln+/=',
      extra: { dialect: 'anthropic-messages', model: 'claude-sonnet-4-6' },
    },
    ...natives.map((value) => ({ ...native, value })),
    {
      type: 'tool-use',
      id: 'toolu_1',
      name: 'f',
      input: { a: 1 },
      extra: { dialect: 'anthropic-messages', toolset_name: 't' },
    },
  ])
})

test('a refusal without content keeps its details, and fields that are not modelled are kept', () => {
  const stopDetails = { category: 'cyber' }
  const over = { content: [], stop_reason: 'refusal', stop_details: stopDetails, container: { id: 'c' } }
  expect(decode(over)).toMatchObject({
    content: [],
    stopReason: 'refusal',
    extra: { dialect: 'anthropic-messages', stop_details: stopDetails, container: { id: 'c' } },
  })
})

test('a stop reason of the future is unknown and kept', () => {
  expect(decode({ stop_reason: 'tired' })).toMatchObject({
    stopReason: 'unknown',
    extra: { stop_reason: 'tired' },
  })
})

test('an error under a good status is that error; anything else is no answer', () => {
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Busy' } }
  expect(() => decodeResponse(error, makeContext())).toThrow(expect.objectContaining({ code: 'overloaded' }))
  for (const body of [null, 'text', [], {}, { content: null }, { content: [{ no: 'type' }] }]) {
    expect(() => decodeResponse(body, makeContext())).toThrow(
      expect.objectContaining({ code: 'bad-response', provider: 'test' }),
    )
  }
})
