import { expect } from 'vitest'
import { runMatrix } from './matrix.ts'
import type { SdkTool } from './sdk-client.ts'

const weather: SdkTool = {
  name: 'weather',
  description: 'Tells the weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}
const now: SdkTool = {
  name: 'now',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: {}, additionalProperties: false },
}
const tools = [weather, now]

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
  },
  required: ['name', 'tags'],
  additionalProperties: false,
  $defs: { tag: { type: 'string' } },
}

const text = 'Grüße 🦊,\u2028 "quoted" \\ and </script>\n\nso long.'
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

runMatrix({
  chat: {
    async run({ ask, say, answer, body, upstream, streamed }) {
      answer([...text].map((piece) => ({ type: 'text', text: piece })))
      const got = await ask({ system: 'Be brief.', turns: [{ user: say('Hello') }] })
      expect(got).toMatchObject({ text, thinking: '', calls: [], end: 'stop' })
      expect(got.usage.input).toBeGreaterThan(0)
      expect(got.usage.output).toBeGreaterThan(0)
      const sent = body(-1)
      expect(sent.stream ?? false).toBe(streamed)
      const where = upstream === 'openai-chat' ? sent.messages[0].content : sent.system
      expect(JSON.stringify(where)).toContain('Be brief.')
    },
  },

  'parallel tool calls, and the loop to the end': {
    async run({ ask, say, answer, body, upstream }) {
      answer(
        [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-call', name: 'weather', input: { city: 'Malmö "N"' } },
          { type: 'tool-call', name: 'now', input: {} },
          { type: 'tool-call', name: 'weather', input: { city: 'Łódź' } },
        ],
        [{ type: 'text', text: 'All is well.' }],
      )
      const question = { user: say('How is the weather?') }
      const first = await ask({ turns: [question], tools })
      expect(first).toMatchObject({ text: 'Let me look.', end: 'tools' })
      expect(first.calls.map(({ name, input }) => [name, input])).toEqual([
        ['weather', { city: 'Malmö "N"' }],
        ['now', {}],
        ['weather', { city: 'Łódź' }],
      ])
      expect(new Set(first.calls.map(({ id }) => id)).size).toBe(3)
      // In another order than the calls, and one of them empty.
      const results = first.calls
        .map((call, at) => ({ call, content: at === 1 ? '' : `result ${at}` }))
        .reverse()
      const second = await ask({ turns: [question, { assistant: first }, { results }], tools })
      expect(second).toMatchObject({ text: 'All is well.', calls: [], end: 'stop' })
      const { messages } = body(-1)
      const told = upstream === 'openai-chat' ? messages.slice(2) : messages[2].content
      expect(told).toHaveLength(3)
      expect(JSON.stringify(told)).toContain('result 0')
      expect(JSON.stringify(told)).toContain('result 2')
    },
  },

  'a call without any text, and a long id': {
    async run({ ask, say, answer }) {
      const id = 'call_0123456789_0123456789_0123456789abc'
      answer([{ type: 'tool-call', name: 'now', input: {}, id }], [{ type: 'text', text: 'Noon.' }])
      const question = { user: say('What time is it?') }
      const first = await ask({ turns: [question], tools })
      expect(first).toMatchObject({ text: '', calls: [{ name: 'now', input: {} }], end: 'tools' })
      const results = first.calls.map((call) => ({ call, content: '12:00' }))
      const turns = [question, { assistant: first }, { results }, { user: 'And?' }]
      expect(await ask({ turns, tools })).toMatchObject({ text: 'Noon.', end: 'stop' })
    },
  },

  'structured output': {
    async run({ ask, say, answer, body, upstream }) {
      const value = { name: 'Ö', tags: ['a', 'b'] }
      answer(
        JSON.stringify(value)
          .split(/(?<=[,:])/)
          .map((piece) => ({ type: 'text', text: piece })),
      )
      const got = await ask({ turns: [{ user: say('Give me JSON.') }], schema })
      expect(JSON.parse(got.text)).toEqual(value)
      expect(got.end).toBe('stop')
      const sent = body(-1)
      const asked =
        upstream === 'openai-chat'
          ? sent.response_format?.json_schema?.schema
          : sent.output_config?.format?.schema
      expect(asked).toMatchObject(schema)
    },
  },

  'an image': {
    async run({ ask, say, answer, body, upstream }) {
      answer([{ type: 'text', text: 'A dot.' }])
      const image = { mediaType: 'image/png', data: png }
      expect(await ask({ turns: [{ user: say('What is it?'), image }] })).toMatchObject({ text: 'A dot.' })
      const { content } = body(-1).messages.at(-1)
      const images = content.filter(({ type }: { type: string }) => type !== 'text')
      expect(images).toMatchObject([
        upstream === 'openai-chat'
          ? { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
          : { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
      ])
    },
  },

  'thinking, and its replay with calls': {
    models: { 'openai-chat': 'gpt-5-mini' },
    // It names the limit of the answer as these models do not take it.
    where: ({ client, native }) => !(native && client.name === '@ai-sdk/openai-compatible'),
    async run({ ask, say, answer, client, upstream, native, body, streamed }) {
      answer(
        [
          { type: 'thinking', text: 'Hm, the “weather”…' },
          { type: 'text', text: 'One moment.' },
          { type: 'tool-call', name: 'weather', input: { city: 'Oslo' } },
        ],
        [
          { type: 'thinking', text: 'Done.' },
          { type: 'text', text: 'Rain.' },
        ],
      )
      const question = { user: say('How is the weather?') }
      const first = await ask({ turns: [question], tools, thinks: true })
      expect(first).toMatchObject({ text: 'One moment.', end: 'tools' })
      // A Chat upstream of OpenAI shows none, and not all SDKs look for it, or keep more than the last piece.
      const blind = ['@ai-sdk/openai', '@langchain/openai', ...(streamed ? ['openai'] : [])]
      const shows = upstream === 'anthropic-messages' && !blind.includes(client.name)
      if (shows) expect(first.thinking).toBe('Hm, the “weather”…')
      const results = first.calls.map((call) => ({ call, content: 'rain' }))
      const second = await ask({ turns: [question, { assistant: first }, { results }], tools, thinks: true })
      expect(second).toMatchObject({ text: 'Rain.', end: 'stop' })
      // The upstream refuses a signature that it did not give for just this text.
      if (native && upstream === 'anthropic-messages') {
        expect(body(-1).messages[1].content[0]).toMatchObject({
          type: 'thinking',
          thinking: 'Hm, the “weather”…',
        })
      }
    },
  },

  'thinking of which only the signature is shown, and its replay': {
    where: ({ upstream }) => upstream === 'anthropic-messages',
    async run({ ask, say, answer, body, native }) {
      answer(
        [
          { type: 'thinking', text: '' },
          { type: 'tool-call', name: 'now', input: {} },
          { type: 'tool-call', name: 'now', input: {} },
        ],
        [{ type: 'text', text: 'Noon.' }],
      )
      const question = { user: say('What time is it?') }
      const first = await ask({ turns: [question], tools, thinks: true })
      expect(first).toMatchObject({ thinking: '', end: 'tools' })
      const results = first.calls.map((call) => ({ call, content: '12:00' }))
      const second = await ask({ turns: [question, { assistant: first }, { results }], tools, thinks: true })
      expect(second).toMatchObject({ text: 'Noon.', end: 'stop' })
      if (native) {
        expect(body(-1).messages[1].content[0]).toMatchObject({
          type: 'thinking',
          thinking: '',
          signature: expect.stringMatching(/^EqQB/),
        })
      }
    },
  },

  'usage, with what was cached': {
    async run(cell) {
      const { ask, say, answer, upstream } = cell
      const usage =
        upstream === 'openai-chat'
          ? {
              prompt_tokens: 120,
              completion_tokens: 30,
              total_tokens: 150,
              prompt_tokens_details: { cached_tokens: 80 },
            }
          : {
              input_tokens: 30,
              cache_read_input_tokens: 80,
              cache_creation_input_tokens: 10,
              output_tokens: 30,
            }
      answer([
        { type: 'text', text: 'Yes.' },
        { type: 'usage', usage },
      ])
      const got = await ask({ turns: [{ user: say('Hello') }] })
      // LangChain takes the input of a stream from its first event alone, and adds up the output of both.
      const isLate = cell.client.name === '@langchain/anthropic' && cell.streamed
      expect(got.usage).toMatchObject(
        isLate ? { output: cell.native ? 31 : 30 } : { input: 120, output: 30, cached: 80 },
      )
    },
  },

  'an answer that is cut at its limit': {
    async run({ ask, say, answer, upstream }) {
      const reason = upstream === 'openai-chat' ? 'length' : 'max_tokens'
      answer([
        { type: 'text', text: 'And then' },
        { type: 'finish', reason },
      ])
      expect(await ask({ turns: [{ user: say('Go on.') }] })).toMatchObject({
        text: 'And then',
        end: 'length',
      })
    },
  },

  'a refusal': {
    async run({ ask, say, answer, upstream }) {
      const isChat = upstream === 'openai-chat'
      answer([
        { type: 'refusal', text: 'I cannot.' },
        { type: 'finish', reason: isChat ? 'content_filter' : 'refusal' },
      ])
      expect(await ask({ turns: [{ user: say('Do it.') }] })).toMatchObject({ calls: [], end: 'refusal' })
    },
  },

  'an empty answer': {
    async run({ ask, say, answer }) {
      answer([])
      expect(await ask({ turns: [{ user: say('Say nothing.') }] })).toMatchObject({
        text: '',
        calls: [],
        end: 'stop',
      })
    },
  },

  'options that the upstream does not take': {
    models: { 'openai-chat': 'gpt-5-mini', 'anthropic-messages': 'claude-opus-4-8' },
    // A native client is told by the upstream itself.
    where: ({ native }) => !native,
    async run({ ask, say, answer, client }) {
      answer([{ type: 'text', text: 'Fine.' }])
      const stop = client.dialect === 'openai-chat' ? ['END', '\n'] : ['END']
      const got = await ask({ turns: [{ user: say('Hello') }], temperature: 0.3, stop, maxTokens: 50 })
      expect(got).toMatchObject({ text: 'Fine.', end: 'stop' })
    },
  },
})
