import type { Usage } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { fillIn, isTagged, ownExtra, toExtra } from '../extra.ts'
import { otherFields } from '../json.ts'
import { readUsage } from './wire.ts'

const dialect = 'anthropic-messages'

const modelled = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens']

/**
 * Tokens of an answer. This wire's `input_tokens` leaves cached and cache-writing tokens out, ours has them in.
 * Without any figure the usage is zero and `estimated`: whoever has a tokenizer puts a count in its place.
 */
export const toUsage = (wire: JsonObject | null | undefined): Usage => {
  const usage = readUsage(wire ?? {})
  const cacheRead = usage.cache_read_input_tokens ?? undefined
  const cacheWrite = usage.cache_creation_input_tokens ?? undefined
  const cacheWrite1h = usage.cache_creation?.ephemeral_1h_input_tokens || undefined
  const reasoning = usage.output_tokens_details?.thinking_tokens ?? undefined
  const silent = (usage.input_tokens ?? usage.output_tokens ?? undefined) === undefined
  const counted: Usage = {
    inputTokens: (usage.input_tokens ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    outputTokens: usage.output_tokens ?? 0,
  }
  if (cacheRead !== undefined) counted.cacheReadTokens = cacheRead
  if (cacheWrite !== undefined) counted.cacheWriteTokens = cacheWrite
  if (cacheWrite1h !== undefined) counted.cacheWrite1hTokens = cacheWrite1h
  if (reasoning !== undefined) counted.reasoningTokens = reasoning
  if (silent) counted.estimated = true
  const extra = toExtra(dialect, otherFields(wire, modelled))
  if (extra !== undefined) counted.extra = extra
  return counted
}

/** The wire's figures; cache figures are 0 where nobody gave any, as this wire has them. */
export const fromUsage = (usage: Usage): JsonObject => {
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens } = usage
  const figures = {
    input_tokens: Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    output_tokens: outputTokens,
    ...(reasoningTokens !== undefined && { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  }
  return isTagged(usage, dialect) ? fillIn(figures, ownExtra(usage, dialect)) : figures
}
