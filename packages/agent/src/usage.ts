import type { Usage } from '@gateway/provider'
import type { SessionUsage } from '@gateway/session'

/** Nothing used yet. */
export const noUsage = (): SessionUsage => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
})

/** A provider's figures with absent ones as 0, and whatever is no count of tokens made one. */
export const toSessionUsage = (usage: Usage): SessionUsage => ({
  inputTokens: count(usage.inputTokens),
  outputTokens: count(usage.outputTokens),
  cacheReadTokens: count(usage.cacheReadTokens),
  cacheWriteTokens: count(usage.cacheWriteTokens),
  reasoningTokens: count(usage.reasoningTokens),
})

const count = (value: number | undefined): number => {
  const tokens = Math.ceil(value ?? 0)
  return Number.isSafeInteger(tokens) && tokens > 0 ? tokens : 0
}

/** Field by field. */
export const addUsage = (a: SessionUsage, b: SessionUsage): SessionUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  reasoningTokens: a.reasoningTokens + b.reasoningTokens,
})
