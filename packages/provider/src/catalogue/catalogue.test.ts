import { expect, test } from 'vitest'
import { anthropicModels } from './anthropic-models.ts'
import { defaultModel } from './built-in.ts'
import { catalogueModels, costUsd, lookupModel, supports } from './catalogue.ts'
import { openaiModels } from './openai-models.ts'

const providers = [
  'anthropic',
  'openai',
  'google',
  'xai',
  'mistral',
  'deepseek',
  'meta',
  'groq',
  'together',
  'deepinfra',
]

test.each([
  ['anthropic', 'claude-3-opus-20240229', 200_000, 4_096, 15, 75],
  ['anthropic', 'claude-3-sonnet-20240229', 200_000, 4_096, 3, 15],
  ['anthropic', 'claude-3-haiku-20240307', 200_000, 4_096, 0.25, 1.25],
  ['openai', 'gpt-4-turbo-preview', 128_000, 4_096, 10, 30],
  ['openai', 'gpt-4', 8_192, 8_192, 30, 60],
  ['openai', 'gpt-3.5-turbo', 16_385, 4_096, 0.5, 1.5],
] as const)('knows %s/%s', (provider, model, contextWindow, maxOutputTokens, input, output) => {
  expect(lookupModel(provider, model)).toMatchObject({
    contextWindow,
    maxOutputTokens,
    prices: { input, output },
  })
})

test('a dated name has what its base name has, and another model never does', () => {
  expect(lookupModel('anthropic', 'claude-sonnet-4-6-20260217')).toBe(anthropicModels['claude-sonnet-4-6'])
  expect(lookupModel('anthropic', 'claude-haiku-4-5@20251001')).toBe(anthropicModels['claude-haiku-4-5'])
  expect(lookupModel('openai', 'gpt-4o-2024-08-06')).toBe(openaiModels['gpt-4o'])
  expect(lookupModel('openai', 'gpt-4-0613')).toBe(openaiModels['gpt-4'])
  expect(lookupModel('openai', 'gpt-5-codex')).toBeUndefined()
  expect(lookupModel('openai', 'gpt-5-mini')).not.toBe(openaiModels['gpt-5'])
  expect(lookupModel('openai', 'gpt-4o-2024-05-13')).toMatchObject({ prices: { input: 5, output: 15 } })
  expect(lookupModel('mistral', 'mistral-large-2411')).toBeUndefined()
})

test('unknown models, providers and names of Object.prototype are unknown', () => {
  expect(lookupModel('openai', 'llama4')).toBeUndefined()
  expect(lookupModel('local', 'gpt-4o')).toBeUndefined()
  expect(lookupModel('openrouter', 'anthropic/claude-opus-4-8')).toBeUndefined()
  expect(lookupModel('openai', 'constructor')).toBeUndefined()
  expect(lookupModel('constructor', 'name')).toBeUndefined()
})

test.each([
  ['gemini', 'google', 'gemini-3.8-flash'],
  ['x-ai', 'xai', 'grok-4.7'],
  ['grok', 'xai', 'grok-4.7'],
  ['llama', 'meta', 'muse-spark-1.3'],
  ['togetherai', 'together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
])('a provider called %s is %s', (name, maker, model) => {
  expect(lookupModel(name, model)).toBeDefined()
  expect(lookupModel(name, model)).toBe(lookupModel(maker, model))
})

test('each model that is listed has a window and says what it can do', () => {
  for (const provider of providers) {
    for (const model of catalogueModels(provider)) {
      const { contextWindow = 0, maxOutputTokens = 0, capabilities } = lookupModel(provider, model) ?? {}
      expect(contextWindow, model).toBeGreaterThan(0)
      expect(maxOutputTokens, model).toBeLessThanOrEqual(contextWindow)
      expect(capabilities, model).toMatchObject({ prefill: expect.any(Boolean), tools: expect.any(Boolean) })
    }
  }
})

test('only Claude up to 4.5 is known to go on from a last assistant message', () => {
  const taken = providers.flatMap((provider) =>
    catalogueModels(provider).filter((model) => supports(lookupModel(provider, model), 'prefill')),
  )
  expect(taken.sort()).toEqual([
    'claude-3-5-haiku',
    'claude-3-5-sonnet',
    'claude-3-7-sonnet',
    'claude-3-haiku',
    'claude-3-opus',
    'claude-3-sonnet',
    'claude-haiku-4-5',
    'claude-opus-4',
    'claude-opus-4-1',
    'claude-opus-4-5',
    'claude-sonnet-4',
    'claude-sonnet-4-5',
  ])
})

test('what is not known of a model counts as no, until an operator says otherwise', () => {
  expect(supports(undefined, 'prefill')).toBe(false)
  expect(supports({}, 'tools')).toBe(false)
  expect(supports({ capabilities: { prefill: false } }, 'prefill')).toBe(false)
  const overrides = { 'local/llama4': { capabilities: { prefill: true } } }
  expect(supports(lookupModel('local', 'llama4', overrides), 'prefill')).toBe(true)
  expect(supports(lookupModel('local', 'llama4', overrides), 'images')).toBe(false)
})

test('a forced tool choice is refused by the newest Claude models and by DeepSeek', () => {
  const forced = (provider: string, model: string) =>
    lookupModel(provider, model)?.capabilities?.forcedToolChoice
  expect(forced('anthropic', 'claude-opus-5')).toBe(true)
  expect(forced('anthropic', 'claude-opus-5-5')).toBe(false)
  expect(forced('anthropic', 'claude-fable-5-1')).toBe(false)
  expect(forced('deepseek', 'deepseek-flash')).toBe(false)
  expect(forced('openai', 'gpt-4o')).toBe(true)
})

test('the models of a provider are listed, each of which is known', () => {
  expect(catalogueModels('anthropic')).toContain('claude-sonnet-4-6')
  for (const model of catalogueModels('openai')) expect(lookupModel('openai', model), model).toBeDefined()
  expect(catalogueModels('openai')).toContain('text-embedding-3-small')
  expect(catalogueModels('constructor')).toEqual([])
})

test('of an embedding only its input costs', () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0 }
  expect(costUsd(lookupModel('openai', 'text-embedding-3-small'), usage)).toBe(0.02)
})

test('newer Claude models take no temperature, and since 4.6 no prefill', () => {
  const takes = (model: string) => lookupModel('anthropic', model)?.capabilities
  expect(takes('claude-opus-4-5')).toMatchObject({ temperature: true, prefill: true })
  expect(takes('claude-sonnet-4-6')).toMatchObject({ temperature: true, prefill: false })
  expect(takes('claude-opus-4-7')).toMatchObject({ temperature: false, prefill: false })
  expect(lookupModel('anthropic', 'claude-opus-4-7')?.tokenizer).not.toBe(
    lookupModel('anthropic', 'claude-opus-4-6')?.tokenizer,
  )
})

test('each default model is in the catalogue, with a price', () => {
  for (const [provider, model] of Object.entries(defaultModel)) {
    expect(costUsd(lookupModel(provider, model), { inputTokens: 1, outputTokens: 1 })).toBeGreaterThan(0)
  }
})

test('an override is merged over the entry, and stands alone for a model that nobody knows', () => {
  const overrides = {
    'openai/gpt-4o': { maxOutputTokens: 1_000, capabilities: { images: false } },
    'openai/gpt-5.5': { prices: { input: 1 } },
    'local/llama4': { contextWindow: 131_072, prices: { input: 0, output: 0 } },
  }
  expect(lookupModel('openai', 'gpt-4o-2024-08-06', overrides)).toMatchObject({
    contextWindow: 128_000,
    maxOutputTokens: 1_000,
    capabilities: { tools: true, images: false },
  })
  expect(lookupModel('openai', 'gpt-5.5', overrides)).toMatchObject({ prices: { input: 1, output: 30 } })
  expect(lookupModel('openai', 'gpt-5.5', overrides)?.priceSteps).toBeUndefined()
  expect(
    lookupModel('openai', 'gpt-5.5', { 'openai/gpt-5.5': { contextWindow: 100 } })?.priceSteps,
  ).toHaveLength(1)
  const local = lookupModel('local', 'llama4', overrides)
  expect(costUsd(local, { inputTokens: 10, outputTokens: 10 })).toBe(0)
})

test('a name of the operator is like the model that it is the same as', () => {
  const overrides = {
    'second/claude-opus-4-5': { sameAs: 'anthropic/claude-opus-4-5' },
    'proxy/fast': { sameAs: 'groq/openai/gpt-oss-20b', prices: { input: 1 } },
    'proxy/lost': { sameAs: 'nowhere/model', contextWindow: 10 },
  }
  const second = lookupModel('second', 'claude-opus-4-5-20251101', overrides)
  expect(second).toEqual(anthropicModels['claude-opus-4-5'])
  expect(supports(second, 'prefill')).toBe(true)
  expect(lookupModel('proxy', 'fast', overrides)).toMatchObject({
    contextWindow: 131_072,
    prices: { input: 1, output: 0.3 },
  })
  expect(lookupModel('proxy', 'lost', overrides)).toEqual({ contextWindow: 10 })
})
