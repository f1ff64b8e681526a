import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProviderError } from '../../errors.ts'
import type { JsonObject } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'
import { decodeText, makeContext, toSse } from '../test-support.ts'
import { anthropicClientDialect } from './client-dialect.ts'
import { createAnthropicDialect } from './dialect.ts'
import { messageArbitrary, requestArbitrary } from './test-support.ts'

const upstream = createAnthropicDialect({ defaultMaxTokens: () => undefined })
const client = { now: 0, includeUsage: true, generateId: () => 'gen' }

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a request is the same JSON when it was decoded and encoded, with no warning but for efforts', () => {
  fc.assert(
    fc.property(requestArbitrary, (wire) => {
      const { request, stream, warnings } = anthropicClientDialect.decodeRequest(wire)
      const encoded = upstream.encodeRequest(request, { stream })
      expect(toJson(encoded.body)).toStrictEqual(wire)
      expect(encoded.warnings).toEqual([])
      expect(warnings.length).toBe(
        isJsonObject(wire.output_config) && wire.output_config.effort === 'max' ? 1 : 0,
      )
    }),
    { numRuns: 200 },
  )
})

test('an answer is the same JSON when it was decoded and encoded', () => {
  fc.assert(
    fc.property(messageArbitrary, (wire) => {
      const response = upstream.decodeResponse(wire, makeContext())
      expect(toJson(anthropicClientDialect.encodeResponse(response, client))).toStrictEqual(wire)
    }),
    { numRuns: 200 },
  )
})

test('an answer that a client sends back is what it was', () => {
  fc.assert(
    fc.property(messageArbitrary, (wire) => {
      const messages = [{ role: 'assistant', content: wire.content ?? [] }]
      const { request } = anthropicClientDialect.decodeRequest({ model: 'm', max_tokens: 1, messages })
      const [message] = request.messages
      const response = upstream.decodeResponse(wire, makeContext())
      const again = anthropicClientDialect.encodeResponse({ ...response, content: blocksOf(message) }, client)
      expect(toJson(again.content)).toStrictEqual(wire.content)
    }),
  )
})

const blocksOf = (message: { content: unknown } | undefined) =>
  Array.isArray(message?.content) ? message.content : []

/** Wire words with values that do not belong there, and some that do. */
const key = fc.constantFrom(
  ...[
    'model',
    'max_tokens',
    'messages',
    'system',
    'role',
    'content',
    'type',
    'text',
    'source',
    'data',
    'url',
  ],
  ...['tools', 'tool_choice', 'name', 'input_schema', 'input', 'id', 'tool_use_id', 'thinking', 'signature'],
  ...['output_config', 'format', 'effort', 'schema', 'metadata', 'stream', 'stop_sequences', 'is_error'],
  ...['__proto__', 'constructor', 'media_type', 'budget_tokens', 'temperature', 'strict', 'title'],
)
const word = fc.constantFrom(
  ...['user', 'assistant', 'system', 'text', 'image', 'document', 'tool_use', 'tool_result', 'thinking'],
  ...['search_result', 'base64', 'url', 'content', 'json_schema', 'enabled', 'disabled', 'auto', 'tool', ''],
)
const { garbage } = fc.letrec<{ garbage: unknown; object: unknown; list: unknown }>((tie) => ({
  garbage: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.oneof(word, fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, Number.POSITIVE_INFINITY, 'x')),
    tie('object'),
    tie('list'),
  ),
  object: fc.dictionary(key, tie('garbage'), { maxKeys: 5 }),
  list: fc.array(tie('garbage'), { maxLength: 3 }),
}))
/** Bodies that get past the first checks, so that the garbage is read deep inside. */
const body = fc
  .tuple(fc.dictionary(key, garbage, { maxKeys: 6 }), garbage, garbage, garbage, word)
  .map(([fields, content, tool, block, type]) => ({
    ...fields,
    model: 'm',
    max_tokens: 1,
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: [isJsonObject(block) ? { ...block, type } : block] },
    ],
    ...(tool !== null && { tools: [tool] }),
  }))

test('whatever a body holds, it is read or refused with the field that is to blame', () => {
  fc.assert(
    fc.property(fc.oneof(body, fc.dictionary(key, garbage), fc.jsonValue()), (value) => {
      const wire: JsonObject = isJsonObject(value) ? value : {}
      try {
        const { request } = anthropicClientDialect.decodeRequest(wire)
        upstream.encodeRequest(request, { stream: false })
      } catch (error) {
        if (!isProviderError(error)) throw error
        expect(error.code).toBe('invalid-request')
        expect(error.message).toMatch(new RegExp(`^${error.param}: `))
      }
    }),
    { numRuns: 2000 },
  )
})

test('the input of a server tool keeps its numbers through a stream', async () => {
  const text = '{"id":12345678901234567890,"x":1.0}'
  const value = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'f', input: {} }
  const stream = toSse(
    [
      { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', content: [] } },
      { type: 'content_block_start', index: 0, content_block: value },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: text } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ],
    true,
  )
  const encoder = anthropicClientDialect.createStreamEncoder(client)
  const told = (await decodeText(anthropicClientDialect.upstream, stream)).map(encoder.encode).join('')
  expect(told).toContain(`"partial_json":${JSON.stringify(text)}`)
})
