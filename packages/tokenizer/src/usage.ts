/** Tokens of one or more answers. */
export interface TokenUsage {
  /** Tokens that the model read. */
  inputTokens: number
  /** Tokens that the model wrote. */
  outputTokens: number
  /** Both together. */
  totalTokens: number
}

/** Adds two usages, field by field; neither is changed. */
export const addUsage = (a: TokenUsage, b: TokenUsage): TokenUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  totalTokens: a.totalTokens + b.totalTokens,
})
