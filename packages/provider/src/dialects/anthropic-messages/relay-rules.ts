import type { JsonObject } from '../../types/json.ts'
import type { RelayPlan, RelayRules } from '../client-dialect.ts'
import { isJsonObject } from '../json.ts'
import { readFlag } from './read-field.ts'
import { toStopReason } from './stop-reason.ts'
import { toUsage } from './usage.ts'

/**
 * `message_start`, `message_delta` and `message_stop` hold the usage and the end; an error names itself by its type, by
 * a field, or by the event's name alone. Every event of this dialect shows its usage to everybody.
 */
export const relayRules: RelayRules = {
  needles: ['"message_', '"error"', 'event: message_', 'event: error'],
  isUsageOnly: () => false,
  readEnd({ content, usage, stop_reason: reason }) {
    if (!Array.isArray(content)) return undefined
    return {
      usage: toUsage(isJsonObject(usage) ? usage : undefined),
      stopReason: toStopReason(typeof reason === 'string' ? reason : undefined),
    }
  },
  headerPrefixes: ['anthropic-'],
}

/** What a relay must know. Whatever else is wrong is the upstream's to say, since other servers ask for less. */
export const planRelay = (body: JsonObject): RelayPlan => ({
  stream: readFlag(body.stream, 'stream') ?? false,
  includeUsage: true,
})
