import { expect } from 'vitest'
import {
  assistant,
  type CrossedRequest,
  crossed,
  type Fields,
  png,
  rolesOf,
  user,
} from './crossed-request.ts'
import type { Scenario } from './matrix.ts'

const messages = (rest: Omit<CrossedRequest, 'path'>): Scenario =>
  crossed({ path: '/v1/messages', headers: { 'anthropic-version': '2023-06-01' }, ...rest })
const use = (id: string, name: string, input: Fields = {}) => ({ type: 'tool_use', id, name, input })
const result = (id: string, content?: unknown, more: Fields = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...more,
})

/** Requests of the Messages API towards Chat Completions. */
export const messagesRequests: Record<string, Scenario> = {
  'Messages: what only Anthropic takes is left out': messages({
    body: (say) => ({
      max_tokens: 50,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [user([{ type: 'text', text: say('x'), cache_control: { type: 'ephemeral', ttl: '1h' } }])],
      ...{ top_k: 5, metadata: { user_id: 'u' }, service_tier: 'auto', temperature: 1, top_p: 0.9 },
      thinking: { type: 'disabled' },
      stop_sequences: ['a', 'b', 'c', 'd', 'e'],
    }),
    // A tier of `auto` says nothing, so it is not missed.
    warns: ['top', 'metadata'],
    sent(body) {
      expect(body.stop.length).toBeLessThanOrEqual(4)
      expect(JSON.stringify(body)).not.toContain('cache_control')
    },
  }),
  'Messages: thinking towards a model that reasons': messages({
    models: { 'openai-chat': 'gpt-5-mini' },
    body: (say) => ({
      max_tokens: 4000,
      messages: [user(say('x'))],
      thinking: { type: 'enabled', budget_tokens: 2000 },
      temperature: 1,
    }),
    sent(body) {
      expect(body.max_completion_tokens).toBe(4000)
      expect(body.reasoning_effort).toBeDefined()
    },
  }),
  'Messages: thinking towards a model that does not': messages({
    body: (say) => ({
      max_tokens: 4000,
      messages: [user(say('x'))],
      thinking: { type: 'enabled', budget_tokens: 2000 },
    }),
    sent: (body) => expect(body.reasoning_effort).toBeUndefined(),
  }),
  'Messages: signatures, redacted thinking and server tools in the history': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [
        user(say('x')),
        assistant([
          { type: 'thinking', thinking: 'hm', signature: 'EqQB' },
          { type: 'redacted_thinking', data: 'abc' },
          { type: 'thinking', thinking: '', signature: 'EqQC' },
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
          { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
          { type: 'text', text: 'y' },
          use('toolu_0123456789_0123456789_0123456789_0123456789', 'weather', { city: 'Oslo' }),
        ]),
        user([
          result('toolu_0123456789_0123456789_0123456789_0123456789', 'rain'),
          { type: 'text', text: 'and?' },
        ]),
      ],
      tools: [{ name: 'weather', input_schema: { type: 'object', properties: {} } }],
    }),
    sent: (body) => expect(rolesOf(body)).toEqual(['user', 'assistant', 'tool', 'user']),
  }),
  'Messages: results with images, without content, and errors': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [
        user(say('x')),
        assistant([use('a', 'look'), use('b', 'look'), use('c', 'look')]),
        user([
          result('a', [
            { type: 'text', text: 'a dot' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          ]),
          result('b'),
          result('c', 'It failed.', { is_error: true }),
        ]),
      ],
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
    }),
    sent(body) {
      expect(rolesOf(body).slice(0, 5)).toEqual(['user', 'assistant', 'tool', 'tool', 'tool'])
      expect(JSON.stringify(body)).toContain(png)
    },
  }),
  'Messages: a document, an image by address, a name of a tool that is long': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [
        user([
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            title: 'a',
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain words' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'text', text: say('x') },
        ]),
      ],
      tools: [{ name: 'n'.repeat(64), description: 'd', input_schema: { type: 'object', properties: {} } }],
    }),
  }),
  'Messages: system messages among the others': messages({
    headers: { 'anthropic-version': '2026-10-21' },
    body: (say) => ({
      max_tokens: 50,
      messages: [user(say('x')), assistant('y'), { role: 'system', content: 'Be brief.' }, user('z')],
    }),
    sent: (body) => expect(JSON.stringify(body)).toContain('Be brief.'),
  }),
  'Messages: a forced tool, no parallel calls': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [user(say('x'))],
      tools: [{ name: 'look', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    }),
    sent: (body) => expect(body).toMatchObject({ tool_choice: 'required', parallel_tool_calls: false }),
  }),
  'Messages: an answer that was begun': messages({
    body: (say) => ({ max_tokens: 50, messages: [user(say('x')), assistant('Sure, ')] }),
  }),
  'Messages: an optional schema': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [user(say('x'))],
      output_config: {
        format: {
          type: 'json_schema',
          schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
        },
      },
    }),
    sent: (body) =>
      expect(body.response_format.json_schema.schema.properties).toEqual({ a: { type: 'string' } }),
  }),
  'Messages: one call at a time of a model that cannot be told': messages({
    models: { 'openai-chat': 'o4-mini' },
    body: (say) => ({
      max_tokens: 50,
      messages: [user(say('x'))],
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    }),
    warns: ['parallel_tool_calls'],
    sent(body) {
      expect(body.parallel_tool_calls).toBeUndefined()
      expect(body.tools[0].function.parameters).toEqual({ type: 'object', properties: {} })
    },
  }),
  'Messages: names of tools that are too long': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [
        user(say('x')),
        assistant([use('a', 'n'.repeat(100), { city: 'Oslo' })]),
        user([result('a', 'rain')]),
      ],
      tools: ['n'.repeat(100), 'n'.repeat(101)].map((name) => ({ name, input_schema: { type: 'object' } })),
      tool_choice: { type: 'tool', name: 'n'.repeat(101) },
    }),
    sent(body) {
      const [first, second] = body.tools.map(({ function: called }: { function: Fields }) => called.name)
      expect(body.messages[1].tool_calls[0].function.name).toBe(first)
      expect(body.tool_choice.function.name).toBe(second)
      expect(second).not.toBe(first)
    },
  }),
  'Messages: tools of the provider': messages({
    body: (say) => ({
      max_tokens: 50,
      messages: [user(say('x'))],
      tools: [
        { type: 'web_search_20250305', name: 'web_search', max_uses: 1 },
        { name: 'look', input_schema: { type: 'object', properties: {} } },
      ],
    }),
    warns: ['web_search'],
  }),
}
