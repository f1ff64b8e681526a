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

const chat = (rest: Omit<CrossedRequest, 'path'>): Scenario =>
  crossed({ path: '/v1/chat/completions', ...rest })
const fn = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const tool = (name: string, parameters: Fields = { type: 'object', properties: {} }) => ({
  type: 'function',
  function: { name, parameters },
})

/** Requests of Chat Completions towards the Messages API. */
export const chatRequests: Record<string, Scenario> = {
  'Chat: system and developer messages anywhere, equal roles in a row': chat({
    body: (say) => ({
      messages: [
        { role: 'system', content: 'One.' },
        { role: 'developer', content: [{ type: 'text', text: 'Two.' }] },
        user('a'),
        user(say('b')),
        assistant('c'),
        { role: 'system', content: 'Three.' },
        user([{ type: 'text', text: 'd' }]),
      ],
    }),
    sent(body) {
      for (const word of ['One.', 'Two.', 'Three.']) expect(JSON.stringify(body)).toContain(word)
      expect(body.messages[0].role).toBe('user')
    },
  }),
  'Chat: no limit, and one stop as text': chat({
    body: (say) => ({ messages: [user(say('x'))], stop: 'END' }),
    sent(body) {
      expect(body.max_tokens).toBeGreaterThanOrEqual(1024)
      expect(body.stop_sequences).toEqual(['END'])
    },
  }),
  'Chat: blank stops are left out': chat({
    body: (say) => ({ messages: [user(say('x'))], stop: ['\n', ' ', 'END'] }),
    sent: (body) => expect(body.stop_sequences).toEqual(['END']),
  }),
  'Chat: what only OpenAI takes is left out': chat({
    body: (say) => ({
      messages: [user(say('x'))],
      ...{
        seed: 1,
        logit_bias: { 1: 1 },
        n: 1,
        store: true,
        user: 'u',
        metadata: { a: 'b' },
        logprobs: false,
      },
      ...{ frequency_penalty: 0.5, presence_penalty: 0.5, service_tier: 'auto', parallel_tool_calls: true },
      ...{
        prompt_cache_key: 'k',
        verbosity: 'low',
        safety_identifier: 's',
        top_logprobs: 0,
        modalities: ['text'],
      },
      ...{ temperature: 1.7, top_p: 0.9, some_unknown_field: { x: 1 } },
    }),
    warns: ['seed', 'temperature'],
    sent: (body) => expect(body.temperature).toBeLessThanOrEqual(1),
  }),
  'Chat: temperature for a model that takes none': chat({
    models: { 'anthropic-messages': 'claude-opus-4-8' },
    body: (say) => ({ messages: [user(say('x'))], temperature: 0.2, top_p: 0.5 }),
    warns: ['temperature'],
  }),
  'Chat: several answers at once are refused': chat({
    body: (say) => ({ messages: [user(say('x'))], n: 2 }),
    status: 400,
  }),
  'Chat: odd ids, arguments that are none, empty contents and results': chat({
    body: (say) => ({
      tools: [tool('weather'), tool('now')],
      messages: [
        user(say('x')),
        assistant('', {
          tool_calls: [fn('call.1:a/b', 'weather', ''), fn('functions.now:1', 'now', '{"a": 1}')],
        }),
        { role: 'tool', tool_call_id: 'functions.now:1', content: '' },
        { role: 'tool', tool_call_id: 'call.1:a/b', content: [{ type: 'text', text: 'rain' }] },
        user('and?'),
      ],
    }),
    sent(body) {
      expect(rolesOf(body)).toEqual(['user', 'assistant', 'user'])
      expect(body.messages[1].content.map((block: Fields) => block.input)).toEqual([{}, { a: 1 }])
      expect(body.messages[2].content.map(({ type }: Fields) => type)).toEqual([
        'tool_result',
        'tool_result',
        'text',
      ])
    },
  }),
  'Chat: a call whose result is missing': chat({
    body: (say) => ({
      tools: [tool('weather')],
      messages: [
        user(say('x')),
        assistant(null, { tool_calls: [fn('a', 'weather', '{}'), fn('b', 'weather', '{}')] }),
        { role: 'tool', tool_call_id: 'b', content: 'rain' },
        user('and?'),
      ],
    }),
  }),
  'Chat: legacy functions': chat({
    body: (say) => ({
      functions: [{ name: 'weather', parameters: { type: 'object', properties: {} } }],
      function_call: 'auto',
      messages: [
        user(say('x')),
        assistant(null, { function_call: { name: 'weather', arguments: '{}' } }),
        { role: 'function', name: 'weather', content: 'rain' },
      ],
    }),
    sent: (body) => expect(body.tools).toMatchObject([{ name: 'weather' }]),
  }),
  'Chat: a tool without parameters, a strict one, and a forced choice': chat({
    body: (say) => ({
      tools: [
        { type: 'function', function: { name: 'now' } },
        {
          type: 'function',
          function: {
            name: 'sum',
            strict: true,
            parameters: {
              type: 'object',
              properties: { a: { type: 'number' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'sum' } },
      parallel_tool_calls: false,
      messages: [user(say('x'))],
    }),
    sent: (body) =>
      expect(body.tool_choice).toMatchObject({ type: 'tool', name: 'sum', disable_parallel_tool_use: true }),
  }),
  'Chat: tools with the choice none': chat({
    body: (say) => ({ tools: [tool('now')], tool_choice: 'none', messages: [user(say('x'))] }),
  }),
  'Chat: images by address and as data, a file': chat({
    body: (say) => ({
      messages: [
        user([
          { type: 'text', text: say('x') },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
        ]),
      ],
    }),
    sent: (body) =>
      expect(body.messages[0].content.map(({ type }: Fields) => type)).toEqual([
        'text',
        'image',
        'image',
        'document',
      ]),
  }),
  'Chat: any JSON as the answer': chat({
    body: (say) => ({ messages: [user(say('Answer in JSON.'))], response_format: { type: 'json_object' } }),
  }),
  'Chat: a schema with what the API cannot keep': chat({
    body: (say) => ({
      messages: [user(say('x'))],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          schema: { type: 'object', properties: { n: { type: 'integer', minimum: 1, maximum: 3 } } },
        },
      },
    }),
    sent: (body) => expect(body.output_config.format.schema).toMatchObject({ additionalProperties: false }),
  }),
  'Chat: reasoning_content in the history': chat({
    body: (say) => ({
      messages: [user(say('x')), assistant('y', { reasoning_content: 'hm' }), user('z')],
    }),
  }),
  'Chat: a refusal in the history': chat({
    body: (say) => ({ messages: [user(say('x')), assistant(null, { refusal: 'No.' }), user('z')] }),
  }),
  'Chat: a blank answer in the history': chat({
    body: (say) => ({ messages: [user(say('x')), assistant(''), user('z'), assistant(' \n'), user('y')] }),
  }),
  'Chat: a system prompt alone': chat({
    body: (say) => ({ messages: [{ role: 'system', content: say('Tell a joke.') }] }),
    warns: ['user message'],
    sent(body) {
      expect(body.system).toContain('Tell a joke.')
      expect(rolesOf(body)).toEqual(['user'])
    },
  }),
  'Chat: an answer that was begun, where no model goes on from one': chat({
    body: (say) => ({ messages: [user(say('x')), assistant('Sure, ')] }),
    warns: ['user message'],
    sent: (body) => expect(rolesOf(body)).toEqual(['user', 'assistant', 'user']),
  }),
  'Chat: an answer that was begun, where the model goes on from it': chat({
    models: { 'anthropic-messages': 'claude-sonnet-4-5' },
    body: (say) => ({ messages: [user(say('x')), assistant('Sure, ')] }),
    sent: (body) => expect(body.messages.at(-1)).toEqual({ role: 'assistant', content: 'Sure,' }),
  }),
  'Chat: an assistant that begins': chat({
    body: (say) => ({ messages: [assistant('How can I help?'), user(say('x'))] }),
    warns: ['user message'],
    sent: (body) => expect(rolesOf(body)).toEqual(['user', 'assistant', 'user']),
  }),
  'Chat: calls that are counted anew in each step': chat({
    body: (say) => ({
      tools: [tool('now')],
      messages: [
        user(say('x')),
        assistant(null, { tool_calls: [fn('now:0', 'now', '{}'), fn('now:0', 'now', '{}')] }),
        { role: 'tool', tool_call_id: 'now:0', content: 'one' },
        { role: 'tool', tool_call_id: 'now:0', content: 'two' },
        assistant(null, { tool_calls: [fn('now:0', 'now', '{}')] }),
        { role: 'tool', tool_call_id: 'now:0', content: 'three' },
      ],
    }),
    sent(body) {
      const told = [2, 4].flatMap((at) => body.messages[at].content.map(({ content }: Fields) => content))
      expect(told).toEqual(['one', 'two', 'three'])
    },
  }),
  'Chat: numbers that JavaScript would round or write otherwise': chat({
    body: (say) => ({
      tools: [tool('pay')],
      messages: [
        user(say('x')),
        assistant(null, { tool_calls: [fn('a', 'pay', '{"to":12345678901234567890,"sum":1.0,"x":-0}')] }),
        { role: 'tool', tool_call_id: 'a', content: 'ok' },
      ],
    }),
    sent: (_, text) => expect(text).toContain('"input":{"to":12345678901234567890,"sum":1.0,"x":-0}'),
  }),
  'Chat: cache marks stay where they are': chat({
    body: (say) => ({
      tools: [tool('b'), { ...tool('a'), cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } }] },
        user([{ type: 'text', text: say('x'), cache_control: { type: 'ephemeral', ttl: '1h' } }]),
      ],
    }),
    sent(body) {
      expect(body.tools.map(({ name }: Fields) => name)).toEqual(['b', 'a'])
      expect(body.tools[1].cache_control).toEqual({ type: 'ephemeral' })
      expect(body.system).toMatchObject([{ text: 'Long.', cache_control: { type: 'ephemeral' } }])
      expect(body.messages[0].content[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    },
  }),
  'Chat: a longer history begins as the shorter one did': {
    where: ({ client, native }) => client.name === 'openai' && !native,
    async run({ ask, say, answer, requests }) {
      answer(
        [
          { type: 'thinking', text: 'hm' },
          { type: 'text', text: 'So.' },
          { type: 'tool-call', name: 'now', input: {} },
        ],
        [{ type: 'text', text: 'Noon.' }],
      )
      const tools = ['b', 'now', 'a'].map((name) => ({
        name,
        description: name,
        parameters: { type: 'object' },
      }))
      const question = { user: say('What time is it?') }
      const first = await ask({ turns: [question], tools, system: 'Be brief.' })
      const results = first.calls.map((call) => ({ call, content: 'noon' }))
      await ask({ turns: [question, { assistant: first }, { results }], tools, system: 'Be brief.' })
      const [short, long] = requests().map(({ text }) => text)
      // Up to the end of the last message that both have.
      const end = short?.lastIndexOf(question.user) ?? Number.NaN
      expect(long?.slice(0, end)).toBe(short?.slice(0, end))
    },
  },
}
