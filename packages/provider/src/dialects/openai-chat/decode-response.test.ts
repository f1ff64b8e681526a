import { expect, test } from 'vitest'
import { makeContext } from '../test-support.ts'
import { decodeResponse } from './decode-response.ts'

const answer = (message: object, finish: string | null = 'stop', over: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  ...over,
})
const decode = (message: object, finish?: string | null, over?: object) =>
  decodeResponse(answer(message, finish, over), makeContext())

test('a plain answer has nothing but what was said', () => {
  expect(decode({ content: 'Hi', refusal: null })).toEqual({
    id: 'chatcmpl-1',
    model: 'gpt-4.1',
    content: [{ type: 'text', text: 'Hi' }],
    stopReason: 'end-turn',
    usage: { inputTokens: 3, outputTokens: 2 },
  })
})

const call = (args: unknown, id = 'a') => ({ id, type: 'function', function: { name: 'f', arguments: args } })

test.for([
  ['{"a":1}', { input: { a: 1 } }],
  ['', { input: {} }],
  ['{"a":', { input: {}, inputText: '{"a":' }],
  ['[1]', { input: {}, inputText: '[1]' }],
  ['{"n":9007199254740993}', { inputText: '{"n":9007199254740993}' }],
  [{ a: 1 }, { input: { a: 1 } }],
] as const)('arguments %j are read, raw where JSON would change them', ([args, expected]) => {
  const { content, stopReason } = decode({ content: null, tool_calls: [call(args)] }, 'tool_calls')
  expect(content).toEqual([expect.objectContaining({ type: 'tool-use', id: 'a', name: 'f', ...expected })])
  expect(stopReason).toBe('tool-use')
})

test('a call that the output limit cut before its arguments is not a call without arguments', () => {
  const { content } = decode({ tool_calls: [call('', 'a'), call('', 'b')] }, 'length')
  expect(content).toEqual([
    { type: 'tool-use', id: 'a', name: 'f', input: {} },
    { type: 'tool-use', id: 'b', name: 'f', input: {}, inputText: '' },
  ])
})

test.for(['reasoning_content', 'reasoning'])('%s is thinking and comes first', (field) => {
  expect(decode({ content: 'Yes', [field]: 'Hm' }).content).toEqual([
    { type: 'thinking', text: 'Hm' },
    { type: 'text', text: 'Yes' },
  ])
})

test('a refusal is text that knows what it was, and the reason to stop', () => {
  expect(decode({ content: null, refusal: 'No.' })).toMatchObject({
    content: [{ type: 'text', text: 'No.', extra: { dialect: 'openai-chat', type: 'refusal' } }],
    stopReason: 'refusal',
  })
})

test('a call of a kind that is not modelled stays as it is', () => {
  const custom = { id: 'c', type: 'custom', custom: { name: 'g', input: 'x' } }
  expect(decode({ tool_calls: [custom] }, 'tool_calls').content).toEqual([
    { type: 'native', dialect: 'openai-chat', value: custom },
  ])
})

test.for([
  ['stop', 'end-turn'],
  ['length', 'max-tokens'],
  ['content_filter', 'refusal'],
  ['model_length', 'context-window'],
  ['content_filter: RECITATION', 'refusal'],
  ['MAX_TOKENS', 'max-tokens'],
  ['end_turn', 'end-turn'],
  ['eos', 'unknown'],
  [null, 'unknown'],
] as const)('finish_reason %s is %s', ([wire, stopReason]) => {
  expect(decode({ content: 'x' }, wire).stopReason).toBe(stopReason)
})

test('a forced call ends with stop and is a tool use all the same', () => {
  expect(decode({ tool_calls: [call('{}')] }, 'stop').stopReason).toBe('tool-use')
})

test('fields that are not modelled are kept, each where it stood', () => {
  const annotations = [{ type: 'url_citation' }]
  const { extra } = decode({ content: 'x', annotations }, 'eos', { created: 1, service_tier: 'default' })
  expect(extra).toEqual({
    dialect: 'openai-chat',
    created: 1,
    service_tier: 'default',
    choice: { finish_reason: 'eos' },
    message: { annotations },
  })
})

test('ids and model names that are missing are made up for', () => {
  const { id, model, content } = decode({ tool_calls: [call('{}', '')] }, 'stop', { id: '', model: null })
  expect([id, model]).toEqual(['gen_2', 'asked-model'])
  expect(content[0]).toMatchObject({ id: 'gen_1' })
})

test('an error under a good status is that error; anything else is no answer', () => {
  const error = { error: { message: 'No credit', code: 'insufficient_quota' } }
  expect(() => decodeResponse(error, makeContext())).toThrow(expect.objectContaining({ code: 'quota' }))
  for (const body of [null, 'text', [], {}, { choices: [] }, { choices: [{ index: 0 }] }]) {
    expect(() => decodeResponse(body, makeContext())).toThrow(
      expect.objectContaining({ code: 'bad-response', provider: 'test' }),
    )
  }
})

test('a prompt that was blocked is a refusal, though there is no message at all', () => {
  const choices = [{ index: 0, finish_reason: 'content_filter: PROHIBITED_CONTENT' }]
  expect(decodeResponse({ id: 'c', model: 'gemini-3', choices }, makeContext())).toMatchObject({
    content: [],
    stopReason: 'refusal',
  })
})

test('an answer that stopped for a fault of the server is that fault', () => {
  const fail = (choice: object) => () =>
    decodeResponse({ choices: [{ message: { content: 'Hal' }, ...choice }] }, makeContext())
  for (const reason of ['error', 'insufficient_system_resource', 'function_call_filter: MALFORMED']) {
    const message = expect.stringContaining(reason)
    expect(fail({ finish_reason: reason })).toThrow(
      expect.objectContaining({ code: 'bad-response', message }),
    )
  }
  const error = { code: 502, message: 'Provider disconnected' }
  expect(fail({ finish_reason: 'error', error })).toThrow(
    expect.objectContaining({ code: 'overloaded', status: 502, message: 'Provider disconnected' }),
  )
})
