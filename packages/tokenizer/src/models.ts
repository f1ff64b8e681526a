import type { EncodingName } from './types.ts'

/** Whose tokenizer a model uses. `claude` is up to Claude 4.6, `claude-next` what came after. */
export type ModelFamily =
  | 'gpt'
  | 'claude'
  | 'claude-next'
  | 'gemini'
  | 'llama'
  | 'mistral'
  | 'qwen'
  | 'deepseek'
  | 'unknown'

/** What a model's name tells about its tokenizer. */
export interface ModelInfo {
  /** The model's name in lower case, without the prefixes that say who serves or tuned it. */
  name: string
  family: ModelFamily
  /** The model's own encoding; absent where it is not public, and counts are estimates. */
  encoding?: EncodingName | undefined
  /** Claude's version, 4.5 for `claude-sonnet-4-5`; absent where the name has none. */
  version?: number | undefined
}

const encodings: readonly [RegExp, EncodingName][] = [
  [/^gpt-oss/, 'o200k_harmony'],
  [/^(gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|o\d|chatgpt-|codex-)/, 'o200k_base'],
  [/^(gpt-4|gpt-3\.5|gpt-35|text-embedding-|(davinci|babbage)-002)/, 'cl100k_base'],
  [/^(text-davinci-|code-)/, 'p50k_base'],
]

const families: readonly [RegExp, ModelFamily][] = [
  [/^gpt-/, 'gpt'],
  [/gemini|gemma/, 'gemini'],
  [/llama/, 'llama'],
  [/mistral|mixtral|ministral|codestral|devstral|magistral|pixtral/, 'mistral'],
  [/qwen|qwq/, 'qwen'],
  [/deepseek/, 'deepseek'],
]

/** `openai/gpt-4o`, `ft:gpt-4o:team::id` and `us.anthropic.claude-…` by the name of the model itself. */
const bareName = (model: string): string => {
  const name = model.trim().toLowerCase().replace(/^ft:/, '')
  const colon = name.indexOf(':')
  // What follows a colon is a variant or the name of a fine-tune, where a slash means nothing.
  const head = colon < 0 ? name : name.slice(0, colon)
  const bare = name.slice(head.lastIndexOf('/') + 1).replace(/^ft:/, '')
  return bare.replace(/^(?:[a-z-]+\.)?anthropic\./, '')
}

const claudeVersion = (name: string): number | undefined => {
  const version = /^claude-(?:[a-z]+-)*(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name)
  // A date follows the version in old names, and is longer; a minor version past 9 is simply late.
  return version === null ? undefined : Number(version[1]) + Math.min(9, Number(version[2] ?? 0)) / 10
}

/** Claude after 4.6 has another tokenizer; a name without a version is taken for a current model. */
const claudeInfo = (name: string): ModelInfo => {
  const version = claudeVersion(name)
  return { name, version, family: version !== undefined && version <= 4.6 ? 'claude' : 'claude-next' }
}

/**
 * Tells from a model's name which tokenizer it has. Case does not matter; `provider/` and `ft:` prefixes are skipped.
 * Names that say nothing are `unknown`; no name is an error.
 */
export const detectModel = (model: string): ModelInfo => {
  const name = bareName(model)
  const encoding = encodings.find(([pattern]) => pattern.test(name))?.[1]
  if (encoding !== undefined) return { name, family: 'gpt', encoding }
  if (name.startsWith('claude')) return claudeInfo(name)
  return { name, family: families.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown' }
}
