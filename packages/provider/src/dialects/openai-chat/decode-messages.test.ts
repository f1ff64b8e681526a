import { expect, test } from 'vitest'
import type { JsonObject } from '../../types/json.ts'
import { createWarnings } from '../warnings.ts'
import { decodeMessages } from './decode-messages.ts'
import { encodeMessages } from './encode-messages.ts'

const dialect = 'openai-chat'
const decode = (...messages: JsonObject[]) => decodeMessages(messages)
const user = (...content: JsonObject[]) => decode({ role: 'user', content })[0]?.content
const call = (id: string, text: string) => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: text },
})

test('system messages stay where they stand, a developer remembers its role', () => {
  expect(
    decode(
      { role: 'system', content: 'A' },
      { role: 'user', content: 'B', name: 'ada' },
      { role: 'developer', content: 'C' },
    ),
  ).toEqual([
    { role: 'system', content: 'A' },
    { role: 'user', content: 'B', name: 'ada' },
    { role: 'system', content: 'C', extra: { dialect, role: 'developer' } },
  ])
})

test('parts are blocks: data URLs are base64, details stay beside them', () => {
  expect(
    user(
      { type: 'text', text: 'See' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO', detail: 'low' } },
      { type: 'image_url', image_url: 'https://example.test/a.png' },
      { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
      { type: 'file', file: { filename: 'a.md', file_data: 'SGk=' } },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'video_url', video_url: { url: 'https://example.test/a.mp4' } },
    ),
  ).toEqual([
    { type: 'text', text: 'See', extra: { dialect } },
    {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' },
      extra: { dialect, detail: 'low' },
    },
    { type: 'image', source: { kind: 'url', url: 'https://example.test/a.png' }, extra: { dialect } },
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'SUQz' }, extra: { dialect } },
    {
      type: 'document',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
      extra: { dialect, filename: 'a.pdf' },
    },
    {
      type: 'document',
      source: { kind: 'base64', mediaType: 'text/plain', data: 'SGk=' },
      extra: { dialect, filename: 'a.md' },
    },
    { type: 'native', dialect, value: { type: 'file', file: { file_id: 'file-1' } } },
    {
      type: 'native',
      dialect,
      value: { type: 'video_url', video_url: { url: 'https://example.test/a.mp4' } },
    },
  ])
})

const mark = { type: 'ephemeral' }

test("a cache mark is for whoever takes it, also a message's, which is its last part's", () => {
  expect(user({ type: 'text', text: 'x', cache_control: mark })).toEqual([
    { type: 'text', text: 'x', extra: { cache_control: mark } },
  ])
  expect(user({ type: 'text', text: 'x', cache_control: mark, later: 1 })).toEqual([
    { type: 'text', text: 'x', extra: { dialect, cache_control: mark, later: 1 } },
  ])
  expect(decode({ role: 'system', content: 'A', cache_control: mark })).toEqual([
    { role: 'system', content: [{ type: 'text', text: 'A', extra: { cache_control: mark } }] },
  ])
  expect(decode({ role: 'tool', tool_call_id: 'a', content: 'A', cache_control: mark })[0]?.content).toEqual([
    { type: 'tool-result', toolUseId: 'a', content: 'A', extra: { cache_control: mark } },
  ])
})

test.for([
  ['{"a":1}', { input: { a: 1 } }],
  ['', { input: {} }],
  ['{ "a": 1 }', { input: { a: 1 }, inputText: '{ "a": 1 }' }],
  ['{"a":', { input: {}, inputText: '{"a":' }],
  ['{"n":9007199254740993}', { inputText: '{"n":9007199254740993}' }],
] as const)(
  'arguments %j are read, and kept where they would not come back byte for byte',
  ([text, expected]) => {
    const [message] = decode({ role: 'assistant', content: null, tool_calls: [call('a', text)] })
    expect(message?.content).toEqual([
      { input: expect.anything(), ...expected, type: 'tool-use', id: 'a', name: 'f' },
    ])
  },
)

test('an empty text beside calls says nothing', () => {
  const [message] = decode({ role: 'assistant', content: '', tool_calls: [call('a', '{}')] })
  expect(message?.content).toEqual([{ type: 'tool-use', id: 'a', name: 'f', input: {} }])
  expect(decode({ role: 'assistant', content: '' })).toEqual([{ role: 'assistant', content: '' }])
})

test.for(['reasoning_content', 'reasoning'])('%s is thinking and comes first', (field) => {
  const [message] = decode({ role: 'assistant', content: 'Yes', [field]: 'Hm' })
  expect(message).toEqual({
    role: 'assistant',
    content: [
      { type: 'thinking', text: 'Hm' },
      { type: 'text', text: 'Yes' },
    ],
  })
})

test('signed thinking comes back whole, whatever repeats its text', () => {
  const detail = {
    type: 'reasoning.text',
    text: 'Hm',
    signature: 'c2ln',
    format: 'anthropic-messages',
    model: 'claude',
  }
  const [message] = decode({
    role: 'assistant',
    content: 'Yes',
    reasoning_content: 'Hm',
    reasoning_details: [detail, { type: 'reasoning.summary', summary: 'x' }, null],
  })
  expect(message?.content).toEqual([
    {
      type: 'thinking',
      text: 'Hm',
      signature: 'c2ln',
      extra: { dialect: 'anthropic-messages', model: 'claude' },
    },
    { type: 'text', text: 'Yes' },
  ])
})

test('a refusal is text that knows what it was, in the message or among its parts', () => {
  const refusal = { type: 'text', text: 'No.', extra: { dialect, type: 'refusal' } }
  expect(decode({ role: 'assistant', content: null, refusal: 'No.' })[0]?.content).toEqual([refusal])
  expect(decode({ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] })[0]?.content).toEqual([
    refusal,
  ])
})

test('fields of an answer that a client sends back are kept', () => {
  const [message] = decode({
    role: 'assistant',
    content: 'x',
    refusal: null,
    annotations: [],
    audio: { id: 'au' },
  })
  expect(message).toEqual({
    role: 'assistant',
    content: 'x',
    extra: { dialect, annotations: [], audio: { id: 'au' } },
  })
})

test('the same legacy history always has the same ids, and each result finds its call', () => {
  const history = [
    { role: 'user', content: 'Go' },
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
    { role: 'function', name: 'f', content: '1' },
    { role: 'assistant', content: 'Once more', function_call: { name: 'f', arguments: '' } },
    { role: 'function', name: 'f', content: '2' },
  ]
  const warnings = createWarnings()
  const context = { model: 'm', warnings, quirks: {} }
  expect(encodeMessages(undefined, decode(...history), context).slice(1)).toEqual([
    { role: 'assistant', content: null, tool_calls: [call('function_call_1', '{"a":1}')] },
    { role: 'tool', tool_call_id: 'function_call_1', content: '1' },
    { role: 'assistant', content: 'Once more', tool_calls: [call('function_call_3', '{}')] },
    { role: 'tool', tool_call_id: 'function_call_3', content: '2' },
  ])
  expect(warnings.list()).toEqual([])
})

test('a call in free text is one of a function with one text elsewhere', () => {
  const custom = { id: 'a', type: 'custom', custom: { name: 'g', input: 'x' } }
  const [message] = decode({ role: 'assistant', content: null, tool_calls: [custom] })
  expect(message?.content).toEqual([
    { type: 'tool-use', id: 'a', name: 'g', input: { input: 'x' }, extra: { dialect, type: 'custom' } },
  ])
})

test('a result is text or parts, or nothing', () => {
  const result = (content: unknown) =>
    decodeMessages([{ role: 'tool', tool_call_id: 'a', content: JSON.parse(JSON.stringify(content)) }])[0]
      ?.content
  expect(result('')).toMatchObject([{ content: '' }])
  expect(result(null)).toMatchObject([{ content: '' }])
  expect(result([{ type: 'text', text: '1' }])).toMatchObject([{ content: [{ type: 'text', text: '1' }] }])
})
