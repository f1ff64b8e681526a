import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProviderError } from '../errors.ts'
import type { JsonObject } from '../types/json.ts'
import { createAnthropicDialect } from './anthropic-messages/dialect.ts'
import type { Dialect } from './dialect.ts'
import { isJsonObject } from './json.ts'
import { createChatDialect } from './openai-chat/dialect.ts'
import { decodeText, makeContext, toSse } from './test-support.ts'

const anthropic = createAnthropicDialect({ defaultMaxTokens: () => undefined })
const chat = createChatDialect({ reasoningField: 'reasoning_content' })

const fixture = (dialect: Dialect, file: string): JsonObject => {
  const url = new URL(`./${dialect.name}/fixtures/${file}`, import.meta.url)
  const value: unknown = JSON.parse(readFileSync(url, 'utf8'))
  if (!isJsonObject(value)) throw new Error(`${file} is no object.`)
  return value
}

/** The messages that a history with this answer in it is sent as. */
const sendBack = (dialect: Dialect, answer: JsonObject): unknown => {
  const model = String(answer.model)
  const { content } = dialect.decodeResponse(answer, makeContext({ model }))
  const messages = [
    { role: 'user' as const, content: 'Go' },
    { role: 'assistant' as const, content },
  ]
  const { body, warnings } = dialect.encodeRequest({ model, messages, maxTokens: 1 }, { stream: false })
  expect(warnings.filter((warning) => warning.code === 'dropped-block')).toEqual([])
  return Array.isArray(body.messages) ? body.messages[1] : undefined
}

test.for(['text', 'tools', 'web-search'])('Anthropic %s: an answer goes back as it came', (name) => {
  const answer = fixture(anthropic, `${name}.json`)
  expect(sendBack(anthropic, answer)).toEqual({ role: 'assistant', content: answer.content })
})

test('OpenAI: an answer goes back as it came, and arguments byte for byte', () => {
  expect(sendBack(chat, fixture(chat, 'reasoning.json'))).toEqual({
    role: 'assistant',
    content: 'Three.',
    reasoning_content: 'Count the letters.',
  })
  expect(sendBack(chat, fixture(chat, 'tools.json'))).toMatchObject({
    content: 'Let me check.',
    tool_calls: [
      { id: 'call_a', function: { arguments: '{"city":"München"}' } },
      { id: 'call_b', function: { arguments: '{"id":9007199254740993}' } },
      { id: 'call_c', function: { arguments: '{}' } },
    ],
  })
})

test.for([anthropic, chat])('$name: a tool loop started elsewhere is a legal history here', (dialect) => {
  const { body, warnings } = dialect.encodeRequest(
    {
      model: 'some-model',
      maxTokens: 1,
      messages: [
        { role: 'user', content: 'Go' },
        {
          role: 'assistant',
          content: [{ type: 'tool-use', id: `functions.f:0/${'x'.repeat(50)}`, name: 'f', input: {} }],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolUseId: `functions.f:0/${'x'.repeat(50)}`, content: '' }],
        },
      ],
    },
    { stream: true },
  )
  expect(warnings).toEqual([])
  const ids = JSON.stringify(body).match(/functions_?\.?f[^"]*/g)
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
})

/** Fields of both wires with values that do not belong there. */
const value = fc.oneof(
  fc.constantFrom<unknown>(null, 0, 1, -1, '', 'x', true, [], {}, [null], [[]], '{"a":', '{}'),
  fc.jsonValue({ maxDepth: 2 }),
)
const field = fc.constantFrom(
  ...['type', 'index', 'message', 'content_block', 'delta', 'usage', 'content', 'id', 'model', 'choices'],
  ...[
    'tool_calls',
    'function',
    'arguments',
    'name',
    'finish_reason',
    'reasoning',
    'text',
    'input',
    '__proto__',
  ],
)
const type = fc.constantFrom(
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta'],
  ...['message_stop', 'error', 'ping', 'text', 'thinking', 'tool_use', 'text_delta', 'input_json_delta'],
)
const object = fc.dictionary(field, fc.oneof(value, type, fc.dictionary(field, value)), { maxKeys: 5 })
const event = fc.oneof(
  fc.tuple(type, object).map(([name, fields]) => ({ ...fields, type: name })),
  object.map((choice) => ({ choices: [choice, { delta: choice, finish_reason: 'stop' }] })),
  object,
)

test.for([anthropic, chat])(
  '$name: whatever comes, a stream starts once and finishes once or fails with our error',
  (dialect) =>
    fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), async (sent) => {
        const all = [...sent, { type: 'message_stop' }, { choices: [{ index: 0, finish_reason: 'stop' }] }]
        const result = await decodeText(dialect, toSse(all)).catch((error: unknown) => error)
        if (!Array.isArray(result)) {
          expect(isProviderError(result)).toBe(true)
          return
        }
        const types = result.map((decoded) => decoded.type)
        expect([types.at(0), types.at(-1)]).toEqual(['start', 'finish'])
        expect(types.filter((name) => name === 'start' || name === 'finish')).toHaveLength(2)
      }),
    ),
)

test.for([anthropic, chat])(
  '$name: whatever comes, a whole answer is read or fails with our error',
  (dialect) => {
    const message = object.map((fields) => ({ ...fields, choices: [{ message: fields }], content: [fields] }))
    fc.assert(
      fc.property(fc.oneof(message, value), (body) => {
        try {
          expect(dialect.decodeResponse(body, makeContext())).toMatchObject({ id: expect.any(String) })
        } catch (error) {
          if (!isProviderError(error)) throw error
        }
        const answer = { provider: 'test', status: 400, headers: {}, body: JSON.stringify(body), now: 0 }
        expect(dialect.decodeError(answer).message).not.toBe('')
      }),
    )
  },
)
