import { expect, test } from 'vitest'
import type { CompletionRequest } from '../types/completion.ts'
import type { ForwardSink } from '../types/forward.ts'
import type { JsonObject } from '../types/json.ts'
import type { Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { createProviderManager } from './provider-manager.ts'

const usage = { inputTokens: 1, outputTokens: 1 }

/** A provider that answers with its own name and remembers what it was asked. */
const fake = (name: string, serves: RegExp, more: Partial<Provider> = {}) => {
  const asked: { request: CompletionRequest; signal: AbortSignal | undefined }[] = []
  const provider: Provider = {
    name,
    dialects: ['openai-chat'],
    serves: (model) => serves.test(model),
    async complete(request, options) {
      asked.push({ request, signal: options?.signal })
      const content = [{ type: 'text' as const, text: name }]
      return { id: '1', model: request.model, content, stopReason: 'end-turn', usage }
    },
    async stream(request, options) {
      asked.push({ request, signal: options?.signal })
      return (async function* (): AsyncGenerator<StreamEvent> {
        yield { type: 'start', id: '1', model: request.model }
        yield { type: 'finish', stopReason: 'end-turn', usage }
      })()
    },
    async forward(_dialect, body, sink) {
      sink.head(200, {})
      sink.data(body)
      sink.end()
    },
    ...more,
  }
  return { provider, asked }
}

const anthropic = () => fake('anthropic', /^claude-/)
const openai = () => fake('openai', /^(gpt-|o\d|chatgpt-|text-embedding-)/)

test('a registered provider is found by its name, in the order of registration', () => {
  const manager = createProviderManager({ providers: [openai().provider] })
  const { provider } = anthropic()
  manager.register(provider)
  expect(manager.get('anthropic')).toBe(provider)
  expect(manager.list().map(({ name }) => name)).toEqual(['openai', 'anthropic'])
})

test('a name that nobody has gives undefined', () => {
  expect(createProviderManager().get('ghost')).toBeUndefined()
})

test('a name that is taken, empty or ambiguous is refused', () => {
  const manager = createProviderManager({ providers: [openai().provider] })
  for (const name of ['openai', '', 'a/b']) {
    expect(() => manager.register(fake(name, /x/).provider)).toThrow(
      expect.objectContaining({ name: 'ProviderError', code: 'invalid-request' }),
    )
  }
  expect(manager.list()).toHaveLength(1)
})

test.each([
  ['claude-3-opus-20240229', 'anthropic'],
  ['claude-sonnet-4-6', 'anthropic'],
  ['gpt-4', 'openai'],
  ['gpt-3.5-turbo', 'openai'],
  ['o3', 'openai'],
  ['text-embedding-3-small', 'openai'],
])('the model %s is served by %s', (model, name) => {
  const manager = createProviderManager({ providers: [anthropic().provider, openai().provider] })
  expect(manager.resolve(model)).toMatchObject({ provider: { name }, model })
})

test('a configured model comes before everything else and names the model that is really asked', () => {
  const models = {
    fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] },
    'claude-sonnet-4-6': { targets: [{ provider: 'openai', model: 'gpt-5' }] },
  }
  const manager = createProviderManager({ providers: [anthropic().provider, openai().provider], models })
  expect(manager.resolve('fast')).toMatchObject({ provider: { name: 'openai' }, model: 'gpt-5-mini' })
  expect(manager.resolve('claude-sonnet-4-6')).toMatchObject({ provider: { name: 'openai' }, model: 'gpt-5' })
})

test('a configured model whose provider is missing is not found, and never falls back to who has that name', () => {
  const models = { 'gpt-4': { targets: [{ provider: 'opanai', model: 'gpt-4' }] } }
  const manager = createProviderManager({ providers: [openai().provider], models })
  expect(() => manager.resolve('gpt-4')).toThrow(expect.objectContaining({ code: 'not-found' }))
  manager.register(fake('opanai', /x/).provider)
  expect(manager.resolve('gpt-4').provider.name).toBe('opanai')
})

test('provider/model is split at the first slash, and only at the name of a provider', () => {
  const local = fake('local', /^$/)
  const hub = fake('hub', /^meta\//)
  const manager = createProviderManager({ providers: [local.provider, hub.provider] })
  expect(manager.resolve('local/meta/llama-4')).toMatchObject({
    provider: { name: 'local' },
    model: 'meta/llama-4',
  })
  expect(manager.resolve('meta/llama-4')).toMatchObject({ provider: { name: 'hub' }, model: 'meta/llama-4' })
})

test('among several that serve a model the first registered one answers', () => {
  const manager = createProviderManager({ providers: [fake('a', /./).provider, fake('b', /./).provider] })
  expect(manager.resolve('x').provider.name).toBe('a')
})

test('a model that nobody serves is not found, and the message names what there is', async () => {
  const listed = fake('local', /^llama4$/, { models: ['llama4'] })
  const models = { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } }
  const manager = createProviderManager({ providers: [anthropic().provider, listed.provider], models })
  for (const model of ['mistral', '', 'local/', '/x', 'fast']) {
    expect(() => manager.resolve(model)).toThrow(expect.objectContaining({ code: 'not-found' }))
  }
  const request = { model: 'mistral', messages: [] }
  await expect(manager.complete(request)).rejects.toThrow(
    'No provider serves the model "mistral". There is: fast, anthropic/<model>, llama4.',
  )
  await expect(manager.stream(request)).rejects.toMatchObject({ code: 'not-found' })
})

test('without providers every model is not found', async () => {
  const manager = createProviderManager()
  await expect(manager.complete({ model: 'gpt-4', messages: [] })).rejects.toThrow(
    'No provider is configured.',
  )
})

test('complete and stream ask the resolved model with the same options and leave the request alone', async () => {
  const { provider, asked } = openai()
  const models = { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } }
  const manager = createProviderManager({ providers: [provider], models })
  const { signal } = new AbortController()
  const request = { model: 'fast', messages: [], temperature: 0 }
  await expect(manager.complete(request, { signal })).resolves.toMatchObject({ model: 'gpt-5-mini' })
  const events = await Array.fromAsync(await manager.stream(request, { signal }))
  expect(events[0]).toEqual({ type: 'start', id: '1', model: 'gpt-5-mini' })
  expect(asked).toEqual([
    { request: { ...request, model: 'gpt-5-mini' }, signal: expect.any(AbortSignal) },
    { request: { ...request, model: 'gpt-5-mini' }, signal: expect.any(AbortSignal) },
  ])
  expect(request.model).toBe('fast')
})

test('forward asks whoever serves the model that the body names, and rejects where nobody does', async () => {
  const asked: string[] = []
  const { provider } = fake('openai', /^gpt-/, {
    async forward(dialect, body, sink) {
      asked.push(dialect, new TextDecoder().decode(body))
      sink.head(200, {})
      sink.data(new TextEncoder().encode('{"choices":[]}'))
      sink.end()
    },
  })
  const models = { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } }
  const manager = createProviderManager({ providers: [provider], models, now: () => 0 })
  const written: unknown[] = []
  const sink: ForwardSink = {
    head: (status) => void written.push(status),
    data: (bytes) => written.push(bytes.length) > 0,
    ready: () => Promise.resolve(),
    end: () => void written.push('end'),
  }
  const forward = (value: JsonObject) => {
    const body = new TextEncoder().encode(JSON.stringify(value))
    return manager.forward({ dialect: 'openai-chat', body, value }, sink, { requestId: 'r' })
  }
  await expect(forward({ model: 'fast', messages: [] })).resolves.toMatchObject({
    provider: 'openai',
    model: 'gpt-5-mini',
    isRelay: true,
  })
  expect(asked).toEqual(['openai-chat', '{"model":"gpt-5-mini","messages":[]}'])
  expect(written).toEqual([200, 14, 'end'])
  await expect(forward({ model: 'mistral' })).rejects.toMatchObject({ code: 'not-found' })
  await expect(forward({ messages: [] })).rejects.toMatchObject({ code: 'invalid-request', param: 'model' })
})
