import type { Usage } from '../types/completion.ts'
import { builtIn } from './built-in.ts'
import type { Capabilities, ModelEntry, Prices } from './model-entry.ts'

/** What an operator knows of a model. */
export interface CatalogueOverride extends ModelEntry {
  /**
   * A `provider/model` of the catalogue that this one is like in all that is not said here, prices included: for a second
   * account, a proxy, or a name of the operator's own.
   * @defaultValue the model itself
   */
  sameAs?: string | undefined
}

/** What an operator knows better: entries by `provider/model`, each merged over the built-in one, key by key. */
export type CatalogueOverrides = Readonly<Record<string, CatalogueOverride>>

// A day (20250929, 2024-08-06, after `@` as some clouds write it), a month and day (0613), or `latest`.
const snapshot = /[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|latest)$/

/**
 * What is known of a provider's model. A dated name has what its base name has, unless it has an entry of its own.
 * `undefined` for a model that is not in the catalogue: it works all the same, with unknown price and capabilities.
 *
 * Figures are those of the provider that serves the model, and found by its name: a provider `gemini` is Google's and
 * `x-ai` xAI's, but a host of any other name has its own prices, windows and limits, so that a model is not known there by
 * its maker's figures. An override says what is known, or what it is the `sameAs`.
 *
 * @param provider a name that the catalogue knows for the built-in figures; any name for overrides
 * @param model the model's name as the provider knows it
 * @param overrides entries by `provider/model`
 */
export const lookupModel = (
  provider: string,
  model: string,
  overrides: CatalogueOverrides = {},
): ModelEntry | undefined => {
  const found =
    own(overrides, `${provider}/${model}`) ?? own(overrides, `${provider}/${model.replace(snapshot, '')}`)
  if (found === undefined) return builtInEntry(provider, model)
  const { sameAs, ...override } = found
  const entry = sameAs === undefined ? builtInEntry(provider, model) : builtInEntry(...split(sameAs))
  if (entry === undefined) return override
  return {
    ...entry,
    ...override,
    prices: { ...entry.prices, ...override.prices },
    capabilities: { ...entry.capabilities, ...override.capabilities },
    // Prices that an operator sets hold for prompts of any length unless steps are set too.
    priceSteps:
      override.prices === undefined ? (override.priceSteps ?? entry.priceSteps) : override.priceSteps,
  }
}

/** The models that the catalogue knows of a provider, by their undated names. None for a provider that it does not know. */
export const catalogueModels = (provider: string): string[] => Object.keys(own(builtIn, provider) ?? {})

/** Is a model known to do this? What is not known counts as no: asking for it could cost an attempt. */
export const supports = (entry: ModelEntry | undefined, capability: keyof Capabilities): boolean =>
  entry?.capabilities?.[capability] === true

/**
 * What an answer cost in US dollars: the whole request at the prices of its length, cached tokens at their own.
 * `undefined` when a price that is needed is not known: an unknown cost is never 0. A price of 0 in the entry is one.
 *
 * Not in it: discounts and surcharges of service tiers, batches, regions and hours, and tools that the provider bills by
 * call.
 */
export const costUsd = (entry: ModelEntry | undefined, usage: Usage): number | undefined => {
  const prices = pricesAt(entry, usage.inputTokens)
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  const cacheWrite1h = Math.min(cacheWrite, usage.cacheWrite1hTokens ?? 0)
  // Usage counts cached tokens as input; a provider that reports more of them than input is not paid back.
  const cost =
    partOf(Math.max(0, usage.inputTokens - cacheRead - cacheWrite), prices?.input) +
    partOf(usage.outputTokens, prices?.output) +
    partOf(cacheRead, prices?.cacheRead) +
    partOf(cacheWrite - cacheWrite1h, prices?.cacheWrite) +
    partOf(cacheWrite1h, prices?.cacheWrite1h)
  // No tokens at all of a model without prices: still unknown, so that a sum over answers does not look complete.
  // Figures that are no numbers, of a provider gone wrong, have no cost either.
  return prices?.input === undefined || !Number.isFinite(cost) ? undefined : cost / 1_000_000
}

/** No number at all where there are tokens without a price, so that no sum is one. */
const partOf = (tokens: number, price: number | undefined): number =>
  tokens === 0 ? 0 : tokens * (price ?? Number.NaN)

/**
 * What a request would cost in US dollars, for comparing targets before it is sent: without a cache, and with an answer
 * no longer than the model can write. `undefined` where a price is not known.
 *
 * @param inputTokens of the prompt, as this model counts it or nearly so
 * @param expectedOutputTokens of the answer, thinking included
 */
export const estimateCostUsd = (
  entry: ModelEntry | undefined,
  inputTokens: number,
  expectedOutputTokens: number,
): number | undefined =>
  costUsd(entry, {
    inputTokens,
    outputTokens: Math.min(expectedOutputTokens, entry?.maxOutputTokens ?? Number.POSITIVE_INFINITY),
  })

const builtInEntry = (provider: string, model: string): ModelEntry | undefined => {
  const table = own(builtIn, provider) ?? {}
  return own(table, model) ?? own(table, model.replace(snapshot, ''))
}

/** Models have slashes in their names, providers have none. */
const split = (name: string): [provider: string, model: string] => {
  const slash = name.indexOf('/')
  return [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)]
}

/** Of the steps that the input is over the highest, whatever their order. */
const pricesAt = (entry: ModelEntry | undefined, inputTokens: number): Prices | undefined => {
  let prices = entry?.prices
  let highest = Number.NEGATIVE_INFINITY
  for (const step of entry?.priceSteps ?? []) {
    if (inputTokens <= step.over || step.over < highest) continue
    prices = step
    highest = step.over
  }
  return prices
}

/** Names such as `constructor` are no entries. */
const own = <T>(entries: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(entries, key) ? entries[key] : undefined
