import { anthropicModels } from './anthropic-models.ts'
import { deepseekModels } from './deepseek-models.ts'
import { googleModels } from './google-models.ts'
import { groqModels } from './groq-models.ts'
import { deepinfraModels, metaModels, togetherModels } from './meta-models.ts'
import { mistralModels } from './mistral-models.ts'
import type { ModelTable } from './model-entry.ts'
import { openaiModels } from './openai-models.ts'
import { xaiModels } from './xai-models.ts'

const tables = {
  anthropic: anthropicModels,
  openai: openaiModels,
  google: googleModels,
  xai: xaiModels,
  mistral: mistralModels,
  deepseek: deepseekModels,
  meta: metaModels,
  groq: groqModels,
  together: togetherModels,
  deepinfra: deepinfraModels,
}

/** The tables by provider, under each name that is in use for it; the one place that knows which there are. */
export const builtIn: Readonly<Record<string, ModelTable>> = {
  ...tables,
  gemini: tables.google,
  'x-ai': tables.xai,
  grok: tables.xai,
  mistralai: tables.mistral,
  'meta-llama': tables.meta,
  llama: tables.meta,
  togetherai: tables.together,
}

/** The model of a provider that is used where a request names none. */
export const defaultModel: Readonly<Record<string, string>> = {
  anthropic: 'claude-sonnet-4-6',
  openai: 'gpt-5-mini',
  groq: 'openai/gpt-oss-120b',
}
