import type { JsonObject } from '../../types/json.ts'
import type { RelayPlan, RelayRules } from '../client-dialect.ts'
import { readFlag } from './read-field.ts'

/**
 * `message_start`, `message_delta` and `message_stop` hold the usage and the end; an error names itself by its type, by
 * a field, or by the event's name alone. Every event of this dialect shows its usage to everybody.
 */
export const relayRules: RelayRules = {
  needles: ['"message_', '"error"', 'event: message_', 'event: error'],
  isUsageOnly: () => false,
  headerPrefixes: ['anthropic-'],
}

/** What a relay must know. Whatever else is wrong is the upstream's to say, since other servers ask for less. */
export const planRelay = (body: JsonObject): RelayPlan => ({
  stream: readFlag(body.stream, 'stream') ?? false,
  includeUsage: true,
})
