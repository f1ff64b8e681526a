import { expect, test } from 'vitest'
import { detectModel } from './models.ts'

test.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4o-mini-2024-07-18', 'o200k_base'],
  ['GPT-4o', 'o200k_base'],
  ['gpt-4.1-nano', 'o200k_base'],
  ['gpt-5', 'o200k_base'],
  ['gpt-5.1-codex', 'o200k_base'],
  ['o1', 'o200k_base'],
  ['o3-mini', 'o200k_base'],
  ['o4-mini-2025-04-16', 'o200k_base'],
  ['chatgpt-4o-latest', 'o200k_base'],
  ['gpt-oss-120b', 'o200k_harmony'],
  ['openai/gpt-oss-20b', 'o200k_harmony'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-4-turbo-2024-04-09', 'cl100k_base'],
  ['gpt-3.5-turbo', 'cl100k_base'],
  ['gpt-35-turbo', 'cl100k_base'],
  ['text-embedding-3-small', 'cl100k_base'],
  ['text-davinci-003', 'p50k_base'],
  ['code-davinci-002', 'p50k_base'],
  ['ft:gpt-4o:team:name:id', 'o200k_base'],
  ['ft:gpt-3.5-turbo-0613:a/b', 'cl100k_base'],
  ['openai/ft:gpt-4.1:team::id', 'o200k_base'],
  ['openrouter/openai/gpt-4', 'cl100k_base'],
])('the encoding of %s is %s', (model, encoding) => {
  expect(detectModel(model)).toMatchObject({ family: 'gpt', encoding })
})

test.each([
  ['claude-2.1', 'claude', 2.1],
  ['claude-instant-1.2', 'claude', 1.2],
  ['claude-3-opus-20240229', 'claude', 3],
  ['claude-3-5-sonnet-20241022', 'claude', 3.5],
  ['claude-3.5-haiku', 'claude', 3.5],
  ['claude-3-7-sonnet-latest', 'claude', 3.7],
  ['claude-sonnet-4-20250514', 'claude', 4],
  ['claude-sonnet-4-5-20250929', 'claude', 4.5],
  ['Claude-Haiku-4-5', 'claude', 4.5],
  ['claude-opus-4-6', 'claude', 4.6],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude', 4],
  ['claude-opus-4-7', 'claude-next', 4.7],
  ['anthropic/claude-opus-4.8', 'claude-next', 4.8],
  ['anthropic.claude-opus-4-8-v1:0', 'claude-next', 4.8],
  ['claude-sonnet-5', 'claude-next', 5],
  ['claude-fable-5', 'claude-next', 5],
  ['claude-opus-latest', 'claude-next', undefined],
])('%s is of the tokenizer generation %s', (model, family, version) => {
  const info = detectModel(model)
  expect(info.family).toBe(family)
  expect(info.version).toBe(version)
  expect(info.encoding).toBeUndefined()
})

test.each([
  ['gemini-2.5-pro', 'gemini'],
  ['models/gemma-3', 'gemini'],
  ['meta-llama/Llama-3.3-70B-Instruct', 'llama'],
  ['llama3.2:latest', 'llama'],
  ['mistral-large-latest', 'mistral'],
  ['Mixtral-8x7B', 'mistral'],
  ['codestral-2508', 'mistral'],
  ['qwen3-max', 'qwen'],
  ['deepseek-chat', 'deepseek'],
  ['gpt-6-luna', 'gpt'],
  ['mock', 'unknown'],
  ['', 'unknown'],
])('%s has no public encoding and is of the family %s', (model, family) => {
  expect(detectModel(model).family).toBe(family)
  expect(detectModel(model).encoding).toBeUndefined()
})
