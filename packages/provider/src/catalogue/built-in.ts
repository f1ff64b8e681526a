import { anthropicModels } from './anthropic-models.ts'
import { groqModels } from './groq-models.ts'
import type { ModelEntry } from './model-entry.ts'
import { openaiModels } from './openai-models.ts'

/** The tables by provider; the one place that knows which there are. */
export const builtIn: Readonly<Record<string, Readonly<Record<string, ModelEntry>>>> = {
  anthropic: anthropicModels,
  openai: openaiModels,
  groq: groqModels,
}

/** The model of a provider that is used where a request names none. */
export const defaultModel: Readonly<Record<string, string>> = {
  anthropic: 'claude-sonnet-4-6',
  openai: 'gpt-5-mini',
  groq: 'openai/gpt-oss-120b',
}
