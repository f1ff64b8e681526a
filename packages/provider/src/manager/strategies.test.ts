import { expect, test } from 'vitest'
import { ProviderError } from '../errors.ts'
import type { ModelRoute } from '../routing/route.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Provider } from '../types/provider.ts'
import { createProviderManager, type ProviderManagerOptions } from './provider-manager.ts'

/** Answers with its name, or fails as long as `isDown` says so. */
const fake = (name: string, isDown: () => boolean = () => false): Provider => ({
  name,
  dialects: ['openai-chat'],
  serves: () => false,
  async complete({ model }) {
    if (isDown()) throw new ProviderError(`${name} is down.`, { code: 'network' })
    const content = [{ type: 'text' as const, text: name }]
    return { id: '1', model, content, stopReason: 'end-turn', usage: { inputTokens: 1, outputTokens: 1 } }
  },
  stream: () => Promise.reject(new Error('Nobody asks for a stream here.')),
  forward: () => Promise.reject(new Error('Nobody is relayed to here.')),
})

const targets = ['a', 'b', 'c'].map((provider) => ({ provider, model: 'm' }))

/** Who answers each of the requests. */
const answered = async (
  route: Partial<ModelRoute>,
  requests: readonly Partial<CompletionRequest>[],
  options: ProviderManagerOptions = {},
): Promise<string> => {
  const manager = createProviderManager({
    providers: targets.map(({ provider }) => fake(provider)),
    models: { mine: { targets, ...route } },
    retry: { attempts: 0 },
    ...options,
  })
  let who = ''
  for (const request of requests) {
    const { content } = await manager.complete({
      model: 'mine',
      messages: [{ role: 'user', content: 'Hi' }],
      ...request,
    })
    who += content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  }
  return who
}

const times = (count: number): Partial<CompletionRequest>[] => Array.from({ length: count }, () => ({}))

test('by default the first target is asked, and the others only when it fails', async () => {
  expect(await answered({}, times(3))).toBe('aaa')
  const providers = [fake('a', () => true), fake('b'), fake('c')]
  expect(await answered({ strategy: 'fallback' }, times(3), { providers })).toBe('bbb')
})

test('round-robin asks each in turn, each model for itself', async () => {
  expect(await answered({ strategy: 'round-robin' }, times(7))).toBe('abcabca')
})

test('weighted goes by the shares', async () => {
  // Three for each request; of shares up to 0.6, 0.8 and 1 the first of them draws who answers.
  const points = [0.5, 0.9, 0.9, 0.7, 0.1, 0.1, 0.95, 0.1, 0.1]
  const weights = [3, 1, 1].map((weight, at) => ({ provider: 'abc'[at] ?? '', model: 'm', weight }))
  const random = () => points.shift() ?? 0
  expect(await answered({ strategy: 'weighted', targets: weights }, times(3), { random })).toBe('abc')
})

test('cheapest compares what this very request would cost', async () => {
  const catalogue = {
    'a/m': { prices: { input: 10, output: 1 } },
    'b/m': { prices: { input: 1, output: 10 } },
  }
  const long = { messages: [{ role: 'user' as const, content: 'x'.repeat(40_000) }], maxTokens: 10 }
  const wordy = { maxTokens: 4_000 }
  // Of the third no price is known: it comes last, not first.
  expect(await answered({ strategy: 'cheapest' }, [long, wordy], { catalogue })).toBe('ba')
})

test('task goes by the request, else by a rule, and leaves the request as it is', async () => {
  const route: Partial<ModelRoute> = {
    strategy: 'task',
    targets: [
      { provider: 'a', model: 'm' },
      { provider: 'b', model: 'm', tasks: ['code'] },
      { provider: 'c', model: 'm', tasks: ['poetry'] },
    ],
    taskRules: [{ task: 'code', match: /\bstack trace\b/iu }],
  }
  const ruled = { messages: [{ role: 'user' as const, content: 'Read this stack trace.' }] }
  const named = { ...ruled, metadata: { task: 'poetry' } }
  const before = structuredClone(named)
  expect(await answered(route, [{}, ruled, named])).toBe('abc')
  expect(named).toEqual(before)
})

test('fastest tries what it does not know, and then stays with the fastest', async () => {
  let now = 0
  const clock = { now: () => now, schedule: () => () => {} }
  const late = (name: string, ms: number): Provider => ({
    ...fake(name),
    async stream() {
      now += ms
      return (async function* () {
        yield { type: 'text-delta' as const, index: 0, text: name }
        const usage = { inputTokens: 1, outputTokens: 1 }
        yield { type: 'finish' as const, stopReason: 'end-turn' as const, usage }
      })()
    },
  })
  const manager = createProviderManager({
    providers: [late('a', 30), late('b', 10), late('c', 20)],
    models: { mine: { targets, strategy: 'fastest' } },
    clock,
  })
  let who = ''
  for (let at = 0; at < 6; at += 1) {
    const request: CompletionRequest = { model: 'mine', messages: [{ role: 'user', content: 'Hi' }] }
    for await (const event of await manager.stream(request)) {
      if (event.type === 'text-delta') who += event.text
    }
  }
  expect(who).toBe('abcbbb')
})

test('a target that keeps failing is asked last until its cool-down is over, whatever the strategy', async () => {
  let now = 0
  let asked = 0
  let isDown = true
  const clock = { now: () => now, schedule: () => () => {} }
  const first = fake('a', () => {
    asked += 1
    return isDown
  })
  const manager = createProviderManager({
    providers: [first, fake('b'), fake('c')],
    models: { mine: { targets } },
    retry: { attempts: 0 },
    clock,
  })
  const ask = async () => {
    const { content } = await manager.complete({ model: 'mine', messages: [{ role: 'user', content: 'Hi' }] })
    return content[0]
  }
  for (let at = 0; at < 8; at += 1) expect(await ask()).toMatchObject({ text: 'b' })
  expect(asked).toBe(5)
  expect(manager.health()[0]).toMatchObject({ target: 'a/m', health: { state: 'open' } })
  now += 3_000
  isDown = false
  expect(await ask()).toMatchObject({ text: 'a' })
  expect(manager.health()[0]).toMatchObject({ health: { state: 'closed', failures: 0 } })
})
