import { expect, test } from 'vitest'
import { anthropicModels } from './anthropic-models.ts'
import { defaultModel } from './built-in.ts'
import { catalogueModels, costUsd, lookupModel } from './catalogue.ts'
import { openaiModels } from './openai-models.ts'

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
})

test('unknown models, providers and names of Object.prototype are unknown', () => {
  expect(lookupModel('openai', 'llama4')).toBeUndefined()
  expect(lookupModel('local', 'gpt-4o')).toBeUndefined()
  expect(lookupModel('openai', 'constructor')).toBeUndefined()
  expect(lookupModel('constructor', 'name')).toBeUndefined()
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
  expect(lookupModel('openai', 'gpt-5.5', overrides)?.longPrompt).toBeUndefined()
  const local = lookupModel('local', 'llama4', overrides)
  expect(costUsd(local, { inputTokens: 10, outputTokens: 10 })).toBe(0)
})

test('cached tokens are charged at their own price', () => {
  const entry = { prices: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } }
  const usage = {
    inputTokens: 1_000_000,
    outputTokens: 100_000,
    cacheReadTokens: 600_000,
    cacheWriteTokens: 200_000,
  }
  expect(costUsd(entry, usage)).toBeCloseTo(0.2 * 3 + 0.1 * 15 + 0.6 * 0.3 + 0.2 * 3.75, 10)
})

test('a price that is missing makes the cost unknown, never 0', () => {
  const noCache = { prices: { input: 3, output: 15 } }
  expect(costUsd(noCache, { inputTokens: 10, outputTokens: 1, cacheReadTokens: 5 })).toBeUndefined()
  expect(costUsd(noCache, { inputTokens: 10, outputTokens: 1, cacheReadTokens: 0 })).toBeDefined()
  expect(costUsd({ prices: { input: 3 } }, { inputTokens: 10, outputTokens: 1 })).toBeUndefined()
  expect(costUsd({}, { inputTokens: 0, outputTokens: 0 })).toBeUndefined()
  expect(costUsd(undefined, { inputTokens: 10, outputTokens: 1 })).toBeUndefined()
})

test('a long prompt has its own prices, from its first token on', () => {
  const haiku = lookupModel('anthropic', 'claude-haiku-5-5')
  expect(costUsd(haiku, { inputTokens: 100_000, outputTokens: 0 })).toBeCloseTo(0.01, 10)
  expect(costUsd(haiku, { inputTokens: 100_001, outputTokens: 0 })).toBeCloseTo(0.0500005, 10)
})

test('more cached tokens than input never make an answer cheaper than what was cached', () => {
  const entry = { prices: { input: 3, output: 15, cacheRead: 0.3 } }
  expect(costUsd(entry, { inputTokens: 10, outputTokens: 0, cacheReadTokens: 100 })).toBeCloseTo(30 / 1e6, 12)
})
