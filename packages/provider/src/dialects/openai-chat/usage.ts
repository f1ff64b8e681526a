import type { Usage } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { fillIn, isTagged, ownExtra, toExtra } from '../extra.ts'
import { otherFields } from '../json.ts'
import { type ChatUsage, readUsage } from './wire.ts'

const modelled = ['prompt_tokens', 'completion_tokens', 'total_tokens']

/**
 * Tokens of an answer; this wire counts as we do, cached tokens in the prompt and reasoning in the completion.
 * Without any figure the usage is zero and `estimated`: whoever has a tokenizer puts a count in its place.
 */
export const toUsage = (wire: JsonObject | null | undefined): Usage => {
  const usage = readUsage(wire ?? {})
  const plain = usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? undefined
  const cached = usage.prompt_tokens_details?.cached_tokens ?? plain
  const written = usage.prompt_tokens_details?.cache_write_tokens ?? undefined
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? undefined
  const silent = (usage.prompt_tokens ?? usage.completion_tokens ?? undefined) === undefined
  const counted: Usage = { inputTokens: usage.prompt_tokens ?? 0, outputTokens: toOutputTokens(usage) }
  if (cached !== undefined) counted.cacheReadTokens = cached
  if (written !== undefined) counted.cacheWriteTokens = written
  if (reasoning !== undefined) counted.reasoningTokens = reasoning
  if (silent) counted.estimated = true
  const extra = toExtra('openai-chat', otherFields(wire, modelled))
  if (extra !== undefined) counted.extra = extra
  return counted
}

/** Some servers (xAI) leave reasoning out of the completion, which only their total gives away. */
const toOutputTokens = (usage: ChatUsage): number => {
  const prompt = usage.prompt_tokens ?? 0
  const completion = usage.completion_tokens ?? 0
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0
  return usage.total_tokens === prompt + completion + reasoning ? completion + reasoning : completion
}

/** The tokens of an answer on this wire. What it told itself comes back as it was. */
export const encodeUsage = (usage: Usage): JsonObject => {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage
  const total = { prompt_tokens: inputTokens, completion_tokens: outputTokens }
  const body = { ...total, total_tokens: inputTokens + outputTokens }
  const own = ownExtra(usage, 'openai-chat')
  if (isTagged(usage, 'openai-chat')) return fillIn(body, own)
  const prompt = {
    ...(cacheReadTokens !== undefined && { cached_tokens: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
  }
  const details = {
    ...(Object.keys(prompt).length > 0 && { prompt_tokens_details: prompt }),
    ...(reasoningTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    }),
  }
  return fillIn({ ...body, ...details }, own)
}
