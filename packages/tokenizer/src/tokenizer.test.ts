import { expect, test } from 'vitest'
import { createEncoding } from './bpe/encoding.ts'
import { loadEncoding } from './encodings/load.ts'
import { o200kBase } from './encodings/o200k-base.ts'
import { createEstimator, createTokenizer, getTokenizer } from './tokenizer.ts'

const pangram = 'The quick brown fox jumps over the lazy dog.'

test.each(['gpt-4o', 'gpt-4', 'claude-sonnet-4-6', 'some-local-model'])(
  'a tokenizer names its model: %s',
  async (model) => {
    expect((await getTokenizer(model)).model).toBe(model)
    expect(createEstimator({ model }).model).toBe(model)
  },
)

test.each([
  ['gpt-4o', 'exact', 'o200k_base'],
  ['gpt-oss-20b', 'exact', 'o200k_harmony'],
  ['gpt-4', 'exact', 'cl100k_base'],
  ['text-davinci-003', 'exact', 'p50k_base'],
  ['claude-sonnet-4-6', 'estimate', undefined],
  ['gemini-2.5-pro', 'estimate', undefined],
  ['gpt-6-luna', 'estimate', undefined],
  ['mock', 'estimate', undefined],
])('the kind of %s is %s', async (model, kind, encoding) => {
  const tokenizer = await getTokenizer(model)
  expect(tokenizer.kind).toBe(kind)
  expect(tokenizer.encoding).toBe(encoding)
  // Ids are there exactly where they are the model's own.
  expect(tokenizer.encode !== undefined).toBe(kind === 'exact')
  expect(tokenizer.decode !== undefined).toBe(kind === 'exact')
})

test('an exact tokenizer gives the ids of its encoding', async () => {
  const tokenizer = await getTokenizer('gpt-4o')
  expect(tokenizer.encode?.('hello world')).toEqual([24_912, 2_375])
  expect(tokenizer.decode?.([24_912, 2_375])).toBe('hello world')
  expect((await getTokenizer('gpt-4')).encode?.('hello world')).toEqual([15_339, 1_917])
})

test('a table is loaded once, for all models that use it', async () => {
  expect(await loadEncoding('o200k_base')).toBe(await loadEncoding('o200k_base'))
  expect((await getTokenizer('gpt-4o')).count).toBe((await getTokenizer('o3')).count)
})

test('a tokenizer with a table that is there needs no promise', () => {
  const tokenizer = createTokenizer({ model: 'my-deployment', encoding: createEncoding(o200kBase) })
  expect(tokenizer.kind).toBe('exact')
  expect(tokenizer.count('hello world')).toBe(2)
})

test('the simple estimate counts an empty, a short, a longer and a Chinese text in their ranges', () => {
  const simple = createEstimator({ model: 'any-model' })
  expect(simple.count('')).toBe(0)
  expect(simple.count('hello')).toBeGreaterThanOrEqual(1)
  expect(simple.count('hello')).toBeLessThanOrEqual(5)
  expect(simple.count(pangram)).toBeGreaterThanOrEqual(8)
  expect(simple.count(pangram)).toBeLessThanOrEqual(15)
  expect(simple.count('你好世界')).toBeGreaterThanOrEqual(2)
  expect(simple.count('你好世界')).toBeLessThanOrEqual(8)
})

test('the estimate for Claude counts an empty, a short and a longer text in their ranges', async () => {
  const claude = await getTokenizer('claude-sonnet-4-5')
  expect(claude.count('')).toBe(0)
  expect(claude.count('hello')).toBeGreaterThanOrEqual(1)
  expect(claude.count('hello')).toBeLessThanOrEqual(3)
  expect(claude.count(pangram)).toBeGreaterThanOrEqual(10)
  expect(claude.count(pangram)).toBeLessThanOrEqual(14)
})

test('the exact count of an empty and a short text', async () => {
  const gpt = await getTokenizer('gpt-4')
  expect(gpt.count('')).toBe(0)
  expect(gpt.count('hello')).toBe(1)
  expect(gpt.count(pangram)).toBe(10)
})

test('the limit of an estimate is its own count', () => {
  const claude = createEstimator({ model: 'claude-opus-4-8' })
  const count = claude.count(pangram)
  expect(claude.isWithinLimit(pangram, count)).toBe(true)
  expect(claude.isWithinLimit(pangram, count - 1)).toBe(false)
})
