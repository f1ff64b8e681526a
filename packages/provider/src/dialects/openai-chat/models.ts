import type { ReasoningOptions } from '../../types/completion.ts'

/*
 * What OpenAI's models accept, and a few of others', by their names alone: the rules are the API's own and hold for
 * names that no catalogue knows yet. Fine-tuned names carry the base model inside.
 */

type Effort = NonNullable<ReasoningOptions['effort']>

/** Without whose it is or who serves it: `azure/gpt-5`, `openai.gpt-5`, `ft:gpt-5:acme::1`. */
const baseName = (model: string): string => model.replace(/^(?:[^:]*\/)?(?:[a-z.]*\bopenai\.)?(?:ft:)?/, '')

/**
 * o1, o3-mini, gpt-5…: they take neither sampling options nor stop sequences. The chat variants of gpt-5 do. A number may
 * also be a size (`gpt-20b`), or Azure's way to write 3.5 (`gpt-35-turbo`).
 */
export const isReasoningModel = (model: string): boolean =>
  /^(?:o\d|gpt-(?:[5-9]|1\d))(?![a-z\d])/.test(baseName(model)) && !/^gpt-[\d.]+-chat/.test(baseName(model))

/** The field of the output limit: reasoning models refuse the old one, whoever serves them. */
export const maxTokensFieldOf = (model: string): 'max_tokens' | 'max_completion_tokens' =>
  isReasoningModel(model) ? 'max_completion_tokens' : 'max_tokens'

/** Can it be told how many calls to make at once? The o-series cannot. */
export const takesParallelCalls = (model: string): boolean => !/^o\d/.test(baseName(model))

/**
 * DeepSeek's and Moonshot's models that think refuse a history with calls whose thinking does not come back with them.
 * Their older ones, their distillates and those that only follow instructions know no such field.
 * https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
 */
export const wantsThinkingBack = (model: string): boolean =>
  /deepseek[-.](?:reasoner|chat|flash|v3[.p-][1-9](?!\d)|v[4-9])|kimi-(?:k2-thinking|k2[.p-][5-9](?!\d)|k[3-9])/i.test(
    model,
  ) && !/distill|instruct/i.test(model)

/** The efforts that a model takes, least first; `undefined` for a name that says nothing. */
const effortsOf = (model: string): readonly Effort[] | undefined => {
  const name = baseName(model)
  if (/^o\d/.test(name)) return ['low', 'medium', 'high']
  if (/^gpt-5(?![\d.])/.test(name)) return ['minimal', 'low', 'medium', 'high']
  return isReasoningModel(model) ? ['none', 'low', 'medium', 'high'] : undefined
}

const order: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high']

/** The effort that the model takes in place of this one: itself, else the next higher. */
export const toKnownEffort = (model: string, effort: Effort): Effort => {
  const known = effortsOf(model)
  return known?.find((candidate) => order.indexOf(candidate) >= order.indexOf(effort)) ?? effort
}
