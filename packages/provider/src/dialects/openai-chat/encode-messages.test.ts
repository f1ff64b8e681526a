import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentBlock, Message } from '../../types/message.ts'
import { createWarnings } from '../warnings.ts'
import { encodeMessages } from './encode-messages.ts'
import { type ChatQuirks, openaiQuirks } from './quirks.ts'

const encode = (messages: Message[], quirks: ChatQuirks = openaiQuirks, system?: string) => {
  const warnings = createWarnings()
  const encoded = encodeMessages(system, messages, { model: 'gpt-4.1', warnings, quirks })
  return { messages: encoded, warnings: warnings.list() }
}
const assistant = (content: ContentBlock[], quirks?: ChatQuirks) =>
  encode([{ role: 'assistant', content }], quirks)

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
const png: ContentBlock = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } }
const pngUrl = 'data:image/png;base64,iVBO'

test("the request's system prompt leads; others stay where they stand, with the role that the server knows", () => {
  const history: Message[] = [
    { role: 'user', content: 'Hi' },
    { role: 'system', content: 'Be brief.', extra: { role: 'developer' } },
  ]
  expect(encode(history, openaiQuirks, 'You are a fox.').messages).toEqual([
    { role: 'system', content: 'You are a fox.' },
    { role: 'user', content: 'Hi' },
    { role: 'developer', content: 'Be brief.' },
  ])
  expect(encode(history, {}).messages[1]).toEqual({ role: 'system', content: 'Be brief.' })
})

test('a call has null content and its arguments as text', () => {
  expect(assistant([text(''), use('a', { input: { x: 1 } })]).messages[0]).toEqual({
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
  })
})

test('raw arguments win, also cut ones; none at all are an empty object', () => {
  const [message] = assistant([
    use('a', { inputText: '{"n":9007199254740993}' }),
    use('b', { inputText: '{"p":"/t' }),
    use('c', { inputText: '' }),
  ]).messages
  expect(message?.tool_calls).toMatchObject([
    { function: { arguments: '{"n":9007199254740993}' } },
    { function: { arguments: '{"p":"/t' } },
    { function: { arguments: '{}' } },
  ])
})

test('each result is a tool message, directly after the calls and in their order', () => {
  const { messages, warnings } = encode([
    { role: 'assistant', content: [text('Wait'), use('a'), use('b')] },
    { role: 'system', content: 'Hurry.' },
    { role: 'user', content: [result('b', ''), result('a', [text('1'), text('2')]), text('Now?')] },
  ])
  expect(messages.slice(1)).toEqual([
    { role: 'tool', tool_call_id: 'a', content: '1\n2' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'system', content: 'Hurry.' },
    { role: 'user', content: 'Now?' },
  ])
  expect(warnings).toEqual([])
})

test('images of results follow in one user message after all of the results', () => {
  const { messages } = encode([
    { role: 'assistant', content: [use('a'), use('b')] },
    { role: 'tool', content: [result('a', [text('A plot:'), png]), result('b', [png])] },
  ])
  expect(messages.slice(1)).toEqual([
    { role: 'tool', tool_call_id: 'a', content: 'A plot:' },
    { role: 'tool', tool_call_id: 'b', content: 'The content follows in the next user message.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Content of the result of tool call a:' },
        { type: 'image_url', image_url: { url: pngUrl } },
        { type: 'text', text: 'Content of the result of tool call b:' },
        { type: 'image_url', image_url: { url: pngUrl } },
      ],
    },
  ])
})

test('the flag of an error result is lost with a warning', () => {
  const { warnings } = encode([
    { role: 'assistant', content: [use('a')] },
    { role: 'tool', content: [{ type: 'tool-result', toolUseId: 'a', content: 'boom', isError: true }] },
  ])
  expect(warnings).toEqual([{ code: 'unsupported-option', message: expect.stringContaining('isError') }])
})

test('ids longer than 40 characters are mapped, alike for use and result, and apart from each other', () => {
  const ids = [`${'x'.repeat(60)}1`, `${'x'.repeat(60)}2`, 'toolu_01:ok']
  const { messages } = encode([
    { role: 'assistant', content: ids.map((id) => use(id)) },
    { role: 'tool', content: ids.map((id) => result(id)) },
  ])
  const calls = messages[0]?.tool_calls
  const sent = Array.isArray(calls) ? calls.map((call) => (call as { id: string }).id) : []
  expect(messages.slice(1).map((message) => message.tool_call_id)).toEqual(sent)
  expect(new Set(sent).size).toBe(3)
  expect(sent.every((id) => id.length <= 40)).toBe(true)
  expect(sent[2]).toBe('toolu_01:ok')
})

test('media are parts of the wire; what it does not take is left out with a warning', () => {
  const block = (type: 'image' | 'document' | 'audio', source: object, extra?: object) =>
    ({ type, source, ...(extra && { extra }) }) as ContentBlock
  const { messages, warnings } = encode([
    {
      role: 'user',
      content: [
        text('See'),
        block(
          'image',
          { kind: 'url', url: 'https://example.test/a.png' },
          { dialect: 'openai-chat', detail: 'low' },
        ),
        block('image', { kind: 'url', url: pngUrl }),
        block('document', { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }),
        block('document', { kind: 'base64', mediaType: 'text/plain', data: 'SGnDpA==' }),
        block('document', { kind: 'url', url: 'https://example.test/a.pdf' }),
        block('audio', { kind: 'base64', mediaType: 'audio/mpeg', data: 'SUQz' }),
        block('audio', { kind: 'base64', mediaType: 'audio/ogg', data: 'T2dn' }),
      ],
    },
  ])
  expect(messages[0]?.content).toEqual([
    { type: 'text', text: 'See' },
    { type: 'image_url', image_url: { url: 'https://example.test/a.png', detail: 'low' } },
    { type: 'image_url', image_url: { url: pngUrl } },
    { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
    { type: 'text', text: 'Hiä' },
    { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
  ])
  expect(warnings.map((warning) => warning.code)).toEqual(['dropped-block', 'dropped-block'])
})

test('thinking is left out with a warning, or sent in the field in which the server wants it back', () => {
  const content: ContentBlock[] = [{ type: 'thinking', text: 'Hm', signature: 's' }, text('Yes')]
  expect(assistant(content)).toEqual({
    messages: [{ role: 'assistant', content: 'Yes' }],
    warnings: [{ code: 'dropped-block', message: expect.stringContaining('Thinking') }],
  })
  expect(assistant(content, { reasoningField: 'reasoning_content' })).toEqual({
    messages: [{ role: 'assistant', content: 'Yes', reasoning_content: 'Hm' }],
    warnings: [],
  })
})

test('a refusal goes back as one, fields of a call come along, blocks of other dialects do not', () => {
  const { messages, warnings } = assistant([
    { type: 'text', text: 'No.', extra: { dialect: 'openai-chat', type: 'refusal' } },
    use('a', { extra: { dialect: 'openai-chat', extra_content: { google: {} } } }),
    {
      type: 'native',
      dialect: 'openai-chat',
      value: { id: 'b', type: 'custom', custom: { name: 'g', input: 'x' } },
    },
    { type: 'native', dialect: 'anthropic-messages', value: { type: 'redacted_thinking', data: 'x' } },
  ])
  expect(messages[0]).toEqual({
    role: 'assistant',
    content: null,
    refusal: 'No.',
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: {} } },
      { id: 'b', type: 'custom', custom: { name: 'g', input: 'x' } },
    ],
  })
  expect(warnings.map((warning) => warning.message).join()).toContain('redacted_thinking')
})

test('texts are one string, but parts where fields of this dialect must come along', () => {
  expect(assistant([text('Hel'), text('lo')]).messages[0]?.content).toBe('Hello')
  const extra = { dialect: 'openai-chat', annotations: [] }
  expect(assistant([{ type: 'text', text: 'Hello', extra }]).messages[0]?.content).toEqual([
    { type: 'text', text: 'Hello', annotations: [] },
  ])
  const foreign = { dialect: 'anthropic-messages', citations: [1] }
  expect(assistant([{ type: 'text', text: 'Hello', extra: foreign }])).toEqual({
    messages: [{ role: 'assistant', content: 'Hello' }],
    warnings: [{ code: 'unsupported-option', message: expect.stringContaining('"citations"') }],
  })
})

test('names come along; a message of which nothing is left is none, an empty one stays', () => {
  const { messages } = encode([
    { role: 'user', name: 'ada', content: 'Hi' },
    { role: 'user', content: [{ type: 'thinking', text: 'not here' }] },
    { role: 'assistant', content: [{ type: 'thinking', text: 'Hm' }] },
    { role: 'user', content: '' },
  ])
  expect(messages).toEqual([
    { role: 'user', name: 'ada', content: 'Hi' },
    { role: 'user', content: '' },
  ])
})

const id = fc.constantFrom('a', 'b', 'c'.repeat(50))
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'system'), content: fc.string() }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.array(
      fc.oneof(
        fc.string().map(text),
        id.map((one) => use(one)),
      ),
      { maxLength: 4 },
    ),
  }),
  fc.record({
    role: fc.constant('tool'),
    content: fc.array(
      id.map((one) => result(one)),
      { maxLength: 3 },
    ),
  }),
)

test('whatever the history, calls are followed by one tool message each and no tool message stands elsewhere', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (history) => {
      let expected: unknown[] = []
      for (const sent of encode(history).messages) {
        if (sent.role === 'tool') expect(sent.tool_call_id).toBe(expected.shift())
        else {
          expect(expected).toEqual([])
          const calls = Array.isArray(sent.tool_calls) ? sent.tool_calls : []
          expected = [...new Set(calls.map((call) => (call as { id: string }).id))]
        }
      }
      expect(expected).toEqual([])
    }),
  )
})
