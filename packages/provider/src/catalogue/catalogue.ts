import type { Usage } from '../types/completion.ts'
import { builtIn } from './built-in.ts'
import type { ModelEntry } from './model-entry.ts'

/** What an operator knows better: entries by `provider/model`, each merged over the built-in one, key by key. */
export type CatalogueOverrides = Readonly<Record<string, ModelEntry>>

// A day (20250929, 2024-08-06, after `@` as some clouds write it), a month and day (0613), or `latest`.
const snapshot = /[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|latest)$/

/**
 * What is known of a provider's model. A dated name has what its base name has, unless it has an entry of its own.
 * `undefined` for a model that is not in the catalogue: it works all the same, with unknown price and capabilities.
 *
 * @param provider `anthropic`, `openai` or `groq` for the built-in figures; any name for overrides
 * @param model the model's name as the provider knows it
 * @param overrides entries by `provider/model`
 */
export const lookupModel = (
  provider: string,
  model: string,
  overrides: CatalogueOverrides = {},
): ModelEntry | undefined => {
  const base = model.replace(snapshot, '')
  const known = own(builtIn, provider) ?? {}
  const entry = own(known, model) ?? own(known, base)
  const override = own(overrides, `${provider}/${model}`) ?? own(overrides, `${provider}/${base}`)
  if (entry === undefined || override === undefined) return override ?? entry
  return {
    ...entry,
    ...override,
    prices: { ...entry.prices, ...override.prices },
    capabilities: { ...entry.capabilities, ...override.capabilities },
    // Prices that an operator sets hold for prompts of any length unless they set these too.
    longPrompt:
      override.prices === undefined ? (override.longPrompt ?? entry.longPrompt) : override.longPrompt,
  }
}

/** The models that the catalogue knows of a provider, by their undated names. None for a provider that it does not know. */
export const catalogueModels = (provider: string): string[] => Object.keys(own(builtIn, provider) ?? {})

/**
 * What an answer cost in US dollars; cached tokens at their own price. `undefined` when a price that is needed is not
 * known: an unknown cost is never 0.
 */
export const costUsd = (entry: ModelEntry | undefined, usage: Usage): number | undefined => {
  const { longPrompt } = entry ?? {}
  const long = longPrompt !== undefined && usage.inputTokens > longPrompt.over
  const prices = long ? longPrompt : entry?.prices
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  const parts: [tokens: number, price: number | undefined][] = [
    // Usage counts cached tokens as input; a provider that reports more of them than input is not paid back.
    [Math.max(0, usage.inputTokens - cacheRead - cacheWrite), prices?.input],
    [usage.outputTokens, prices?.output],
    [cacheRead, prices?.cacheRead],
    [cacheWrite, prices?.cacheWrite],
  ]
  let cost = 0
  for (const [tokens, price] of parts) {
    if (tokens === 0) continue
    if (price === undefined) return undefined
    cost += tokens * price
  }
  // No tokens at all of a model without prices: still unknown, so that a sum over answers does not look complete.
  return prices?.input === undefined ? undefined : cost / 1_000_000
}

/** Names such as `constructor` are no entries. */
const own = <T>(entries: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(entries, key) ? entries[key] : undefined
