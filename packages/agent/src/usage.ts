import type { Usage } from '@gateway/provider'
import type { SessionUsage } from '@gateway/session'

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
