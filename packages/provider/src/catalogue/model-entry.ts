/** Prices in US dollars per million tokens. A price that is not known is absent, never 0. */
export interface Prices {
  input?: number | undefined
  output?: number | undefined
  /** Input tokens that came from the provider's prompt cache. */
  cacheRead?: number | undefined
  /** Input tokens that were written to it (the provider's default lifetime). */
  cacheWrite?: number | undefined
}

/** What a model can do. Absent = unknown, to be treated as no. */
export interface Capabilities {
  tools?: boolean | undefined
  images?: boolean | undefined
  /** Goes on from a last assistant message. */
  prefill?: boolean | undefined
  /** Thinks before it answers, always or when asked. */
  thinking?: boolean | undefined
  /** Takes `temperature` and `top_p`. */
  temperature?: boolean | undefined
}

/** What is known of one model. */
export interface ModelEntry {
  /** Tokens of input and output together. */
  contextWindow?: number | undefined
  maxOutputTokens?: number | undefined
  prices?: Prices | undefined
  /** Prices of a request whose input is longer than `over` tokens. */
  longPrompt?: (Prices & { over: number }) | undefined
  capabilities?: Capabilities | undefined
  /** Which of a provider's tokenizers the model uses; the names are ours. */
  tokenizer?: string | undefined
}

/** Shorthand of the tables: US dollars per million tokens, in the order in which price lists show them. */
export const prices = (input: number, output: number, cacheRead?: number, cacheWrite?: number): Prices => ({
  input,
  output,
  ...(cacheRead !== undefined && { cacheRead }),
  ...(cacheWrite !== undefined && { cacheWrite }),
})
