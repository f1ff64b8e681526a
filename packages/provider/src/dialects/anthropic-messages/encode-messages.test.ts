import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentBlock, Message } from '../../types/message.ts'
import { createWarnings } from '../warnings.ts'
import { encodeMessages } from './encode-messages.ts'

const encode = (messages: Message[], system?: string, model = 'claude-sonnet-4-6') => {
  const warnings = createWarnings()
  const encoded = encodeMessages(system, messages, { model, warnings })
  return { ...encoded, warnings: warnings.list() }
}

const use = (id: string, over: object = {}): ContentBlock => ({
  type: 'tool-use',
  id,
  name: 'f',
  input: {},
  ...over,
})
const result = (toolUseId: string, content: string | ContentBlock[] = 'ok'): ContentBlock => ({
  type: 'tool-result',
  toolUseId,
  content,
})
const text = (value: string): ContentBlock => ({ type: 'text', text: value })

test('system prompts from anywhere go to the top, in their order', () => {
  const { system, messages } = encode(
    [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Be brief.', extra: { role: 'developer' } },
      { role: 'user', content: 'there' },
    ],
    'You are a fox.',
  )
  expect(system).toEqual([
    { type: 'text', text: 'You are a fox.' },
    { type: 'text', text: 'Be brief.' },
  ])
  expect(messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'text', text: 'there' },
      ],
    },
  ])
})

test('one plain system prompt is a string, one with fields of this dialect is a block', () => {
  expect(encode([], 'Be brief.').system).toBe('Be brief.')
  const extra = { dialect: 'anthropic-messages', cache_control: { type: 'ephemeral' } }
  expect(encode([{ role: 'system', content: [{ type: 'text', text: 'Long', extra }] }]).system).toEqual([
    { type: 'text', text: 'Long', cache_control: { type: 'ephemeral' } },
  ])
  expect(encode([], '  ').system).toBeUndefined()
})

test('all results of a step are one user message, first in it, in the order of the uses', () => {
  const { messages, warnings } = encode([
    { role: 'user', content: 'Go' },
    { role: 'assistant', content: [text('Wait'), use('a'), use('b'), use('c')] },
    { role: 'user', content: [text('and hurry')] },
    { role: 'tool', content: [result('c', '')] },
    { role: 'tool', content: [result('a'), result('b')] },
    { role: 'assistant', content: 'Done' },
  ])
  expect(messages[2]).toEqual({
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'a', content: 'ok' },
      { type: 'tool_result', tool_use_id: 'b', content: 'ok' },
      { type: 'tool_result', tool_use_id: 'c' },
      { type: 'text', text: 'and hurry' },
    ],
  })
  expect(warnings).toEqual([])
})

test('a missing result becomes an error result, also after the last step; a stray one is left out', () => {
  const { messages, warnings } = encode([
    { role: 'assistant', content: [use('a')] },
    { role: 'user', content: 'Never mind' },
    { role: 'tool', content: [result('x')] },
    { role: 'assistant', content: [use('b')] },
  ])
  const missing = {
    type: 'tool_result',
    is_error: true,
    content: expect.stringContaining('no recorded result'),
  }
  expect(messages[1]?.content).toEqual([
    { ...missing, tool_use_id: 'a' },
    { type: 'text', text: 'Never mind' },
  ])
  expect(messages[3]?.content).toEqual([{ ...missing, tool_use_id: 'b' }])
  expect(warnings.map((warning) => warning.code)).toEqual([
    'dropped-block',
    'default-applied',
    'default-applied',
  ])
})

test('a step that was written as several assistant messages is one step', () => {
  const { messages, warnings } = encode([
    { role: 'assistant', content: [use('a')] },
    { role: 'assistant', content: [use('b')] },
    { role: 'tool', content: [result('a')] },
    { role: 'tool', content: [result('b')] },
  ])
  expect(messages.map((message) => message.content.map((block) => block.type))).toEqual([
    ['tool_use', 'tool_use'],
    ['tool_result', 'tool_result'],
  ])
  expect(warnings).toEqual([])
})

test('a tool message with anything but results is refused by name', () => {
  expect(() => encode([{ role: 'tool', content: 'sunny' }])).toThrow(
    expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining('"text"') }),
  )
})

test('empty and blank texts are left out, and messages of nothing else with them', () => {
  const { messages } = encode([
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [text(''), use('a')] },
    { role: 'tool', content: [result('a', [text(' \n')])] },
    { role: 'assistant', content: '  ' },
    { role: 'user', content: 'Next' },
  ])
  expect(messages.slice(1)).toEqual([
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a' },
        { type: 'text', text: 'Next' },
      ],
    },
  ])
})

test('ids that the wire refuses are mapped, alike for use and result, and apart from each other', () => {
  const ids = ['call.1', 'call:1', 'x'.repeat(80), '', 'call_1']
  const { messages } = encode([
    { role: 'assistant', content: ids.map((id) => use(id)) },
    { role: 'tool', content: ids.map((id) => result(id)) },
  ])
  const uses = messages[0]?.content.map((block) => block.id)
  expect(messages[1]?.content.map((block) => block.tool_use_id)).toEqual(uses)
  expect(new Set(uses).size).toBe(ids.length)
  for (const id of uses ?? []) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(uses?.at(-1)).toBe('call_1')
})

test('raw arguments win where they are an object; else the input stands in', () => {
  const { messages } = encode([
    {
      role: 'assistant',
      content: [
        use('a', { input: { n: 1 }, inputText: '{"n":1.0}' }),
        use('b', { input: { n: 1 }, inputText: '{"n":' }),
        use('c', { input: {}, inputText: '' }),
      ],
    },
  ])
  expect(JSON.stringify(messages[0]?.content.map((block) => block.input))).toBe('[{"n":1.0},{"n":1},{}]')
})

const thinking = (over: object = {}): ContentBlock => ({
  type: 'thinking',
  text: 'Hm',
  signature: 'c2ln+/=',
  ...over,
})
const signed = (model: string) => thinking({ extra: { dialect: 'anthropic-messages', model } })

test('thinking goes back with its signature byte for byte, to the model that signed it alone', () => {
  const wire = [
    { type: 'thinking', thinking: 'Hm', signature: 'c2ln+/=' },
    { type: 'text', text: 'Yes' },
  ]
  for (const block of [thinking(), signed('claude-sonnet-4-6'), signed('claude-sonnet-4-6-20260217')]) {
    const { messages, warnings } = encode([{ role: 'assistant', content: [block, text('Yes')] }])
    expect(messages[0]?.content).toEqual(wire)
    expect(warnings).toEqual([])
  }
  const others = [
    signed('claude-opus-4-6'),
    thinking({ signature: undefined }),
    thinking({ extra: { dialect: 'mock' } }),
  ]
  for (const block of others) {
    const { messages, warnings } = encode([{ role: 'assistant', content: [block, text('Yes')] }])
    expect(messages[0]?.content).toEqual(wire.slice(1))
    expect(warnings).toEqual([{ code: 'dropped-block', message: expect.any(String) }])
  }
})

test('native blocks go back as they were to their dialect and model alone', () => {
  const value = { type: 'redacted_thinking', data: 'Emw=' }
  const native = (over: object): ContentBlock => ({
    type: 'native',
    dialect: 'anthropic-messages',
    value,
    ...over,
  })
  const send = (over: object) => encode([{ role: 'assistant', content: [native(over), text('Yes')] }])
  for (const over of [{}, { model: 'claude-sonnet-4-6' }]) {
    expect(send(over).messages[0]?.content[0]).toEqual(value)
  }
  for (const over of [{ dialect: 'openai-chat' }, { model: 'claude-opus-4-6' }, { value: 'text' }]) {
    expect(send(over).messages[0]?.content).toEqual([{ type: 'text', text: 'Yes' }])
    expect(send(over).warnings).toEqual([{ code: 'dropped-block', message: expect.any(String) }])
  }
})

test('images and documents go by URL or base64; a data URL is the base64 that it is', () => {
  const block = (type: 'image' | 'document' | 'audio', source: object) => ({ type, source }) as ContentBlock
  const { messages, warnings } = encode([
    {
      role: 'user',
      content: [
        block('image', { kind: 'base64', mediaType: 'image/png', data: 'iVBO' }),
        block('image', { kind: 'url', url: 'https://example.test/a.png' }),
        block('image', { kind: 'url', url: 'data:image/GIF;base64,R0lG' }),
        block('image', { kind: 'url', url: 'data:image/jpg;base64,/9j/' }),
        block('document', { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }),
        block('document', { kind: 'base64', mediaType: 'text/csv', data: btoa('a,b') }),
        block('document', { kind: 'base64', mediaType: 'application/zip', data: 'UEsD' }),
        block('audio', { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' }),
      ],
    },
  ])
  expect(messages[0]?.content).toEqual([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
    { type: 'image', source: { type: 'url', url: 'https://example.test/a.png' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'R0lG' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' } },
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
  ])
  expect(warnings.map((warning) => warning.code)).toEqual(['dropped-block', 'dropped-block'])
})

test('fields of this dialect come along and never replace ours; those of another are left out with a warning', () => {
  const own = { dialect: 'anthropic-messages', cache_control: { type: 'ephemeral' }, text: 'evil' }
  const foreign = { dialect: 'openai-chat', annotations: [] }
  const { messages, warnings } = encode([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi', extra: own },
        { type: 'text', text: 'you', extra: foreign },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'again', extra: foreign }] },
  ])
  expect(messages[0]?.content).toEqual([
    { type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'you' },
    { type: 'text', text: 'again' },
  ])
  expect(warnings).toEqual([
    { code: 'unsupported-option', message: expect.stringContaining('"annotations"') },
  ])
})

test('a prefill is sent without the white space at its end', () => {
  const { messages } = encode([
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello ' },
  ])
  expect(messages[1]?.content).toEqual([{ type: 'text', text: 'Hello' }])
})

const id = fc.constantFrom('a', 'b', 'c.d', '')
const block: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.string().map(text),
  id.map((value) => use(value)),
)
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'system'), content: fc.string() }),
  fc.record({ role: fc.constant('assistant'), content: fc.array(block, { maxLength: 4 }) }),
  fc.record({
    role: fc.constantFrom('tool', 'user'),
    content: fc.array(
      id.map((value) => result(value)),
      { maxLength: 3 },
    ),
  }),
)

test('whatever the history, roles alternate and each use has its one result, first in the next message', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (history) => {
      const { messages } = encode(history)
      for (const [at, { role, content }] of messages.entries()) {
        expect(role).not.toBe(messages[at - 1]?.role)
        const uses = [...new Set(content.filter((item) => item.type === 'tool_use').map((item) => item.id))]
        const next = messages[at + 1]?.content ?? []
        expect(next.slice(0, uses.length).map((item) => item.tool_use_id ?? null)).toEqual(uses)
        expect(next.slice(uses.length).some((item) => item.type === 'tool_result')).toBe(false)
      }
    }),
  )
})

test('uses that share an id are told apart, in one step and from step to step, and so are their results', () => {
  const { messages, warnings } = encode([
    { role: 'user', content: 'Go' },
    { role: 'assistant', content: [use('call_0'), use('call_0')] },
    { role: 'tool', content: [result('call_0', 'first')] },
    { role: 'tool', content: [result('call_0', 'second')] },
    { role: 'assistant', content: [use('call_0')] },
    { role: 'tool', content: [result('call_0', 'third')] },
  ])
  const ids = messages.map(({ content }) => content.map((block) => block.id ?? block.tool_use_id))
  expect(ids).toEqual([
    [undefined],
    ['call_0', 'call_0_2'],
    ['call_0', 'call_0_2'],
    ['call_0_3'],
    ['call_0_3'],
  ])
  const results = messages.flatMap(({ content }) => content.map((block) => block.content ?? []))
  expect(results.flat()).toEqual(['first', 'second', 'third'])
  expect(warnings).toEqual([])
  const many = Array.from({ length: 50_000 }, () => use('call_0'))
  const { messages: large } = encode([{ role: 'assistant', content: many }])
  expect(new Set(large[0]?.content.map((block) => block.id)).size).toBe(many.length)
})

test('arguments that are no object are left out, and that is said', () => {
  const inputText = '{"city":"Os'
  const { messages, warnings } = encode([{ role: 'assistant', content: [use('a', { inputText })] }])
  expect(messages[0]?.content).toMatchObject([{ id: 'a', input: {} }])
  expect(warnings.map(({ code }) => code)).toEqual(['default-applied', 'dropped-block'])
})
