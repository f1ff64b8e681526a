import { expect, test } from 'vitest'
import { collect } from '../collect.ts'
import type { ChatQuirks } from '../dialects/openai-chat/quirks.ts'
import { createStage } from '../http/test-support.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Provider } from '../types/provider.ts'
import type { Transport, TransportRequest } from '../types/transport.ts'
import { createAnthropic } from './anthropic.ts'
import { createGroq } from './groq.ts'
import { createOpenAI } from './openai.ts'
import { createOpenAICompatible } from './openai-compatible.ts'

const apiKey = 'sk-1'
const ask: CompletionRequest = { model: 'some-model', messages: [{ role: 'user', content: 'Hi' }] }

/** What a provider sends for a request; nobody answers it. */
const sent = (
  make: (transport: Transport) => Provider,
  over: Partial<CompletionRequest> = {},
  headers?: Record<string, string>,
): TransportRequest & { json: unknown } => {
  const stage = createStage()
  const controller = new AbortController()
  const options = { signal: controller.signal, ...(headers && { headers }) }
  make(stage.transport)
    .complete({ ...ask, ...over }, options)
    .catch(() => {})
  const { request } = stage.latest()
  controller.abort()
  return { ...request, json: JSON.parse(String(request.body)) }
}

test('anthropic: endpoint, credentials and version', () => {
  expect(sent((transport) => createAnthropic({ apiKey, transport }))).toMatchObject({
    url: 'https://api.anthropic.com/v1/messages',
    headers: { 'x-api-key': 'sk-1', 'anthropic-version': '2023-06-01' },
  })
})

test("anthropic: a call's version and betas win over the configured ones", () => {
  const make = (transport: Transport) =>
    createAnthropic({ apiKey, transport, anthropicVersion: '2026-10-21', headers: { 'anthropic-beta': 'a' } })
  expect(sent(make).headers).toMatchObject({ 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a' })
  const headers = { 'Anthropic-Version': '2027-01-01', 'Anthropic-Beta': 'b' }
  expect(sent(make, {}, headers).headers).toMatchObject({
    'anthropic-version': '2027-01-01',
    'anthropic-beta': 'b',
  })
})

test('anthropic: a request without maxTokens gets the default of its model', () => {
  const make = (defaultMaxTokens?: (model: string) => number | undefined) => (transport: Transport) =>
    createAnthropic({ apiKey, transport, defaultMaxTokens })
  expect(sent(make(() => 2000)).json).toMatchObject({ max_tokens: 2000 })
  expect(sent(make()).json).toMatchObject({ max_tokens: 4096 })
  const { json } = sent(make(), { model: 'claude-sonnet-4-6' })
  expect((json as { max_tokens: number }).max_tokens).toBeGreaterThan(4096)
})

test('openai: endpoint, credentials, and whom a key of several organizations bills', () => {
  const make = (transport: Transport) =>
    createOpenAI({
      apiKey,
      transport,
      organization: 'org-1',
      project: 'proj-1',
      baseURL: 'https://eu.test/v1/',
    })
  expect(sent(make, { maxTokens: 5 }, { 'OpenAI-Organization': 'org-evil' })).toMatchObject({
    url: 'https://eu.test/v1/chat/completions',
    headers: { authorization: 'Bearer sk-1', 'openai-organization': 'org-1', 'openai-project': 'proj-1' },
    json: { max_completion_tokens: 5 },
  })
})

test('openai-compatible: quirks are data, and a local server needs no key', () => {
  const base = { name: 'local', baseURL: 'http://127.0.0.1:11434/v1', models: ['llama4'] }
  const plain = sent((transport) => createOpenAICompatible({ ...base, transport }), { maxTokens: 5 })
  expect(plain).toMatchObject({ url: 'http://127.0.0.1:11434/v1/chat/completions', json: { max_tokens: 5 } })
  expect(plain.headers).not.toHaveProperty('authorization')
  const quirks = { maxTokensField: 'max_completion_tokens' } as const
  const odd = sent((transport) => createOpenAICompatible({ ...base, apiKey, quirks, transport }), {
    maxTokens: 5,
  })
  expect(odd).toMatchObject({ headers: { authorization: 'Bearer sk-1' }, json: { max_completion_tokens: 5 } })
})

test('openai-compatible: servers that are known to refuse thinking get none, unless they are said to take it', () => {
  const content = [
    { type: 'thinking' as const, text: 'Hm.' },
    { type: 'text' as const, text: 'Hello' },
  ]
  const model = 'deepseek-v4-pro'
  const at = (baseURL: string, quirks?: ChatQuirks) => {
    const make = (transport: Transport) =>
      createOpenAICompatible({ name: 'own', baseURL, apiKey, quirks, transport, models: [model] })
    return JSON.stringify(sent(make, { model, messages: [{ role: 'assistant', content }] }).json)
  }
  expect(at('https://api.deepseek.com')).toContain('"reasoning_content":"Hm."')
  expect(at('https://api.deepseek.com', { reasoningField: 'none' })).not.toContain('Hm.')
  for (const host of ['https://api.cerebras.ai/v1', 'https://api.groq.com/openai/v1']) {
    expect(at(host)).not.toContain('Hm.')
    expect(at(host, { reasoningField: undefined })).not.toContain('Hm.')
    expect(at(host, { reasoningField: 'reasoning' })).toContain('"reasoning":"Hm."')
  }
})

test('groq: its address, and its quirks: no names of messages, thinking goes back under its own name', () => {
  const messages: CompletionRequest['messages'] = [
    { role: 'user', name: 'ann', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', text: 'Hm.' },
        { type: 'text', text: 'Hello' },
      ],
    },
    { role: 'user', content: 'Go on' },
  ]
  const make = (transport: Transport) => createGroq({ apiKey, transport })
  expect(sent(make, { model: 'openai/gpt-oss-120b', maxTokens: 5, messages })).toMatchObject({
    url: 'https://api.groq.com/openai/v1/chat/completions',
    headers: { authorization: 'Bearer sk-1' },
    json: {
      max_completion_tokens: 5,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello', reasoning: 'Hm.' },
        { role: 'user', content: 'Go on' },
      ],
    },
  })
  const [first] = (sent(make, { messages }).json as { messages: object[] }).messages
  expect(first).not.toHaveProperty('name')
})

test('groq: thinking and the usage of a stream are read where it puts them', async () => {
  const chunk = (delta: object, more: object = {}) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: null }]
    return `data: ${JSON.stringify({ id: 'c1', model: 'm', choices, ...more })}\n\n`
  }
  const finish = [{ index: 0, delta: {}, finish_reason: 'stop' }]
  const usage = { queue_time: 0.1, prompt_tokens: 38, completion_tokens: 4, total_tokens: 42 }
  const text = [
    chunk({ role: 'assistant', content: '' }, { x_groq: { id: 'req_1' } }),
    chunk({ reasoning: 'Hm.' }),
    chunk({ content: 'Hello' }),
    `data: ${JSON.stringify({ id: 'c1', model: 'm', choices: finish, x_groq: { id: 'req_1', usage } })}\n\n`,
    'data: [DONE]\n\n',
  ].join('')
  const headers = { 'content-type': 'text/event-stream' }
  const provider = createGroq({ apiKey, fetch: async () => new Response(text, { headers }) })
  expect(await collect(await provider.stream(ask))).toMatchObject({
    content: [
      { type: 'thinking', text: 'Hm.' },
      { type: 'text', text: 'Hello' },
    ],
    usage: { inputTokens: 38, outputTokens: 4 },
  })
})

test('groq: a name that is not sent is said', async () => {
  const answer = { id: 'c1', choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] }
  const provider = createGroq({ apiKey, fetch: async () => Response.json(answer) })
  const messages: CompletionRequest['messages'] = [{ role: 'user', name: 'ann', content: 'Hi' }]
  const { warnings } = await provider.complete({ ...ask, messages })
  expect(warnings).toEqual([{ code: 'unsupported-option', message: expect.stringContaining('name') }])
})

/** What a provider sends for a body that it relays; nobody answers it. */
const relayed = (
  make: (transport: Transport) => Provider,
  verb: 'embed' | 'countTokens',
  headers: Record<string, string> = {},
): TransportRequest => {
  const stage = createStage()
  const controller = new AbortController()
  const sink = { head: () => {}, data: () => true, end: () => {}, error: () => {} }
  const body = new TextEncoder().encode('{"model":"m","input":"x","encoding_format":"base64"}')
  make(stage.transport)[verb]?.(body, sink, { signal: controller.signal, headers })
  const { request } = stage.latest()
  controller.abort()
  expect(request.body).toBe(body)
  return request
}

test('openai and compatible servers are asked for embeddings, beside their chat', () => {
  const openai = (transport: Transport) => createOpenAI({ apiKey, transport })
  expect(relayed(openai, 'embed', { authorization: 'Bearer stolen' })).toMatchObject({
    url: 'https://api.openai.com/v1/embeddings',
    method: 'POST',
    headers: { authorization: 'Bearer sk-1', 'content-type': 'application/json' },
  })
  const local = { name: 'local', baseURL: 'http://127.0.0.1:11434/v1/?v=2', models: ['e5'] }
  const { url } = relayed((transport) => createOpenAICompatible({ ...local, transport }), 'embed')
  expect(url).toBe('http://127.0.0.1:11434/v1/embeddings?v=2')
  expect(createOpenAI({ apiKey })).not.toHaveProperty('countTokens')
})

test('anthropic counts the tokens of a body, in the version that the call names', () => {
  const anthropic = (transport: Transport) => createAnthropic({ apiKey, transport })
  const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'b' }
  expect(relayed(anthropic, 'countTokens', headers)).toMatchObject({
    url: 'https://api.anthropic.com/v1/messages/count_tokens',
    headers: { 'x-api-key': 'sk-1', ...headers },
  })
  expect(createAnthropic({ apiKey })).not.toHaveProperty('embed')
})

const models = ['own-model']
const providers = {
  anthropic: createAnthropic({ apiKey, models }),
  openai: createOpenAI({ apiKey, models }),
  local: createOpenAICompatible({ name: 'local', baseURL: 'http://local.test/v1', models }),
  groq: createGroq({ apiKey }),
}

test.for([
  ['claude-sonnet-4-6', ['anthropic']],
  ['gpt-4.1', ['openai']],
  ['o3-mini', ['openai']],
  ['chatgpt-4o-latest', ['openai']],
  ['text-embedding-3-small', ['openai']],
  ['ft:gpt-4.1:acme::1', ['openai']],
  ['own-model', ['anthropic', 'openai', 'local']],
  ['gpt', []],
  ['omni', []],
  ['xyz', []],
  ['text-davinci', []],
  ['llama4', []],
  ['openai/gpt-oss-120b', ['groq']],
  ['llama-3.3-70b-versatile', ['groq']],
  ['', []],
] as const)('%s is served by %j', ([model, names]) => {
  const serving = Object.values(providers).filter((provider) => provider.serves(model))
  expect(serving.map((provider) => provider.name)).toEqual(names)
})

test('each speaks one dialect, under the name that it was given', () => {
  expect(providers.anthropic).toMatchObject({ dialects: ['anthropic-messages'], models })
  expect(providers.openai).toMatchObject({ dialects: ['openai-chat'], models })
  expect(createOpenAI({ apiKey, name: 'azure' }).name).toBe('azure')
  expect(createOpenAI({ apiKey })).not.toHaveProperty('models')
})

test('a provider that cannot work is not made', () => {
  expect(() => createAnthropic({ apiKey: ' ' })).toThrow(/anthropic provider cannot be made: apiKey/)
  expect(() => createOpenAI({ apiKey, baseURL: 'api.openai.com' })).toThrow(/baseURL/)
  const nothing: { apiKey?: string } = {}
  expect(() => createGroq(nothing as { apiKey: string })).toThrow(/groq provider cannot be made: apiKey/)
})

test('the injected fetch is what sends', async () => {
  const urls: string[] = []
  const provider = createOpenAI({
    apiKey,
    fetch: async (input) => {
      urls.push(String(input))
      return new Response('{"error":{"message":"No."}}', { status: 400 })
    },
  })
  await expect(provider.complete(ask)).rejects.toMatchObject({ code: 'invalid-request', message: 'No.' })
  expect(urls).toEqual(['https://api.openai.com/v1/chat/completions'])
})
