/** Prices in US dollars per million tokens. A price that is not known is absent, never 0. */
export interface Prices {
  input?: number | undefined
  output?: number | undefined
  /** Input tokens that came from the provider's prompt cache. */
  cacheRead?: number | undefined
  /** Input tokens that were written to it (the provider's default lifetime). */
  cacheWrite?: number | undefined
  /** Those that were written to be kept for an hour. */
  cacheWrite1h?: number | undefined
}

/** What a model can do. Absent = unknown, to be treated as no. */
export interface Capabilities {
  tools?: boolean | undefined
  images?: boolean | undefined
  /** Goes on from a last assistant message, as our requests send it: without a flag of the provider's own. */
  prefill?: boolean | undefined
  /** Takes a tool choice that makes it call a tool, or a certain one. */
  forcedToolChoice?: boolean | undefined
  /** Thinks before it answers, always or when asked. */
  thinking?: boolean | undefined
  /** Heeds `temperature` and `top_p`. No where they are refused or ignored, always or while it thinks. */
  temperature?: boolean | undefined
}

/** Prices of a whole request whose input, cached tokens included, is longer than `over` tokens. */
export interface PriceStep extends Prices {
  over: number
}

/** What is known of one model. */
export interface ModelEntry {
  /** Tokens of input and output together. */
  contextWindow?: number | undefined
  maxOutputTokens?: number | undefined
  prices?: Prices | undefined
  /** Prices of long requests, in any order: the highest step that the input is over holds. */
  priceSteps?: readonly PriceStep[] | undefined
  capabilities?: Capabilities | undefined
  /**
   * Milliseconds that the model may take up to its first content, where no timeouts say so: more than other models, since
   * it thinks long.
   */
  firstTokenMs?: number | undefined
  /** Which of a provider's tokenizers the model uses; the names are ours. */
  tokenizer?: string | undefined
}

/** The models of a provider by their names. */
export type ModelTable = Readonly<Record<string, ModelEntry>>

/** Shorthand of the tables: US dollars per million tokens, in the order in which price lists show them. */
export const prices = (input: number, output: number, cacheRead?: number, cacheWrite?: number): Prices => ({
  input,
  output,
  cacheRead,
  cacheWrite,
})

/** Shorthand of the tables: other prices above so many tokens. Without them the cost of such a request is unknown. */
export const over = (tokens: number, price: Prices = {}): PriceStep => ({ ...price, over: tokens })

/** One line of a table: window, longest answer, prices. What was not found is left out. */
export type TableRow = (
  contextWindow: number,
  maxOutputTokens?: number,
  price?: Prices,
  ...steps: PriceStep[]
) => ModelEntry

/** Shorthand of the tables: models that can do the same and share a tokenizer. */
export const series =
  (capabilities: Capabilities, tokenizer?: string): TableRow =>
  (contextWindow, maxOutputTokens, price, ...steps) => ({
    contextWindow,
    maxOutputTokens,
    prices: price,
    ...(steps.length > 0 && { priceSteps: steps }),
    capabilities,
    tokenizer,
  })
