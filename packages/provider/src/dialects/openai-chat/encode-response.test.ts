import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CompletionResponse, StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock } from '../../types/message.ts'
import type { ClientContext } from '../client-dialect.ts'
import { makeContext } from '../test-support.ts'
import { decodeResponse } from './decode-response.ts'
import { encodeResponse } from './encode-response.ts'

const context: ClientContext = { now: 1_763_800_000_999, generateId: () => 'made', includeUsage: false }
const usage = { inputTokens: 3, outputTokens: 2 }

const encode = (
  content: ContentBlock[],
  over: Partial<CompletionResponse> = {},
  more: Partial<ClientContext> = {},
) =>
  encodeResponse(
    { id: 'msg_1', model: 'claude', content, stopReason: 'end-turn', usage, ...over },
    { ...context, ...more },
  )

const message = (content: ContentBlock[], more?: Partial<ClientContext>) => {
  const { choices } = encode(content, {}, more)
  return (choices as { message: JsonObject }[])[0]?.message
}

const use = (id: string, name: string, over: object = {}): ContentBlock => ({
  type: 'tool-use',
  id,
  name,
  input: {},
  ...over,
})

test('a plain answer is a ChatCompletion', () => {
  expect(encode([{ type: 'text', text: 'Hi' }])).toEqual({
    id: 'msg_1',
    object: 'chat.completion',
    created: 1_763_800_000,
    model: 'claude',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hi', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  })
})

test('calls alone have null for content; raw arguments win, byte for byte', () => {
  expect(
    message([
      use('a', 'f', { input: { x: 1 } }),
      use('b', 'g', { inputText: '{"n":9007199254740993}' }),
      use('c', 'h'),
    ]),
  ).toEqual({
    role: 'assistant',
    content: null,
    refusal: null,
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', type: 'function', function: { name: 'g', arguments: '{"n":9007199254740993}' } },
      { id: 'c', type: 'function', function: { name: 'h', arguments: '{}' } },
    ],
  })
})

test('texts around blocks of other dialects are one text; an answer of nothing is an empty one', () => {
  const native: ContentBlock = {
    type: 'native',
    dialect: 'anthropic-messages',
    value: { type: 'server_tool_use' },
  }
  expect(message([{ type: 'text', text: 'A' }, native, { type: 'text', text: 'B' }])?.content).toBe('AB')
  expect(message([native])).toEqual({ role: 'assistant', content: '', refusal: null })
})

test('thinking is reasoning_content; what is signed stands beside it with its signature, also without text', () => {
  const extra = { dialect: 'anthropic-messages', model: 'claude' }
  expect(
    message([
      { type: 'thinking', text: 'Hm', signature: 'c2ln', extra },
      { type: 'thinking', text: '', signature: 'bm9uZQ' },
      { type: 'text', text: 'Yes' },
    ]),
  ).toEqual({
    role: 'assistant',
    content: 'Yes',
    refusal: null,
    reasoning_content: 'Hm',
    reasoning_details: [
      {
        type: 'reasoning.text',
        text: 'Hm',
        signature: 'c2ln',
        format: 'anthropic-messages',
        model: 'claude',
        index: 0,
      },
      { type: 'reasoning.text', text: '', signature: 'bm9uZQ', index: 1 },
    ],
  })
  expect(message([{ type: 'thinking', text: 'Hm' }])).not.toHaveProperty('reasoning_details')
})

test.for([
  ['end-turn', 'stop'],
  ['stop-sequence', 'stop'],
  ['pause', 'stop'],
  ['unknown', 'stop'],
  ['max-tokens', 'length'],
  ['context-window', 'length'],
  ['tool-use', 'tool_calls'],
  ['refusal', 'content_filter'],
] as [StopReason, string][])('%s is finish_reason %s', ([stopReason, wire]) => {
  expect(encode([], { stopReason })).toMatchObject({ choices: [{ finish_reason: wire }] })
})

test('tokens from and for the cache are details of the prompt', () => {
  const counted = { ...usage, inputTokens: 30, cacheReadTokens: 20, cacheWriteTokens: 5, reasoningTokens: 1 }
  expect(
    encode([], { usage: { ...counted, extra: { dialect: 'anthropic-messages', iterations: [] } } }).usage,
  ).toEqual({
    prompt_tokens: 30,
    completion_tokens: 2,
    total_tokens: 32,
    prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 5 },
    completion_tokens_details: { reasoning_tokens: 1 },
  })
})

test('usage that nobody counted is not told', () => {
  const silent = { inputTokens: 0, outputTokens: 0, estimated: true }
  expect(encode([], { usage: silent })).not.toHaveProperty('usage')
  expect(encode([], { usage: { ...silent, outputTokens: 7 } })).toHaveProperty('usage')
})

test('a client of functions reads a function_call', () => {
  const form = { answerForm: { functions: true } }
  const call = use('a', 'f', { input: { x: 1 } })
  expect(encode([call], { stopReason: 'tool-use' }, form)).toMatchObject({
    choices: [
      {
        message: { content: null, function_call: { name: 'f', arguments: '{"x":1}' } },
        finish_reason: 'function_call',
      },
    ],
  })
  expect(message([call, use('b', 'f')], form)).toMatchObject({ tool_calls: [{ id: 'b' }] })
})

test('a call of a custom tool is free text', () => {
  const form = { answerForm: { custom: ['sql'] } }
  expect(
    message([use('a', 'sql', { input: { input: 'SELECT 1' } }), use('b', 'f')], form)?.tool_calls,
  ).toEqual([
    { id: 'a', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } },
    { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
  ])
})

test("fields of an answer never replace ours, and another dialect's are not told", () => {
  const own = { dialect: 'openai-chat', id: 'evil', service_tier: 'flex', choice: { index: 7, message: {} } }
  expect(encode([], { extra: own })).toMatchObject({
    id: 'msg_1',
    service_tier: 'flex',
    choices: [{ index: 0 }],
  })
  expect(encode([], { extra: { dialect: 'anthropic-messages', container: {} } })).not.toHaveProperty(
    'container',
  )
})

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const text = fc.string({ minLength: 1, unit: 'grapheme' })
const fields = fc.dictionary(
  word.map((name) => `x_${name}`),
  fc.oneof(fc.string(), fc.nat(), fc.boolean(), fc.constant([])),
  { maxKeys: 2 },
)
const call = fc.oneof(
  fc.record({
    id: word,
    type: fc.constant('function'),
    function: fc.record({
      name: word,
      arguments: fc.oneof(
        fc.object().map((value) => JSON.stringify(value)),
        fc.constantFrom('{"n":1.0e400}', '{"a":'),
      ),
    }),
  }),
  fc.record({ id: word, type: fc.constant('custom'), custom: fc.record({ name: word, input: fc.string() }) }),
)
const said = fc.oneof(
  fc.record({ content: text }),
  fc.record({ content: fc.constant(''), reasoning_content: text }),
  fc.record({ content: fc.constant(null), refusal: text }),
  fc.record({ content: fc.oneof(fc.constant(null), text), tool_calls: fc.array(call, { minLength: 1 }) }),
)
const answer = fc
  .tuple(
    said,
    fields,
    fields,
    fields,
    fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'later'),
  )
  .chain(([one, ofMessage, ofChoice, ofAnswer, reason]) =>
    fc.tuple(fc.nat(999), fc.nat(999)).map(([prompt, completion]) => ({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_763_800_000,
      model: 'gpt',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', ...one, ...ofMessage },
          finish_reason: reason,
          ...ofChoice,
        },
      ],
      usage: {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        ...ofMessage,
      },
      ...ofAnswer,
    })),
  )

test('an answer that is decoded and encoded is the same JSON', () => {
  const withoutNulls = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, field: unknown) => (field === null ? undefined : field)))
  fc.assert(
    fc.property(answer, (wire) => {
      const encoded = encodeResponse(decodeResponse(wire, makeContext()), { ...context, now: 0 })
      expect(withoutNulls(encoded)).toEqual(withoutNulls(wire))
    }),
  )
})
