import type { JsonObject } from '../../types/json.ts'
import type { RelayPlan, RelayRules } from '../client-dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { optionalFlag, requireName } from './fields.ts'

/**
 * Which events of a stream matter to a relay. Text that is quoted inside a delta never looks like these: there the
 * quotes are escaped.
 */
export const relayRules: RelayRules = {
  // An error may be an object or a text.
  needles: ['"finish_reason":"', '"usage":{', '"error":', '[DONE]'],
  isUsageOnly(data) {
    const chunk = parseJson(data)
    if (!isJsonObject(chunk) || chunk.error != null) return false
    return isJsonObject(chunk.usage) && Array.isArray(chunk.choices) && chunk.choices.length === 0
  },
  headerPrefixes: ['openai-'],
}

/** What a relay must know of a request. Everything else is the upstream's to judge. */
export const planRelay = (body: JsonObject): RelayPlan => {
  requireName(body.model, 'model')
  const options = body.stream_options
  return {
    stream: optionalFlag(body.stream, 'stream') ?? false,
    includeUsage: isJsonObject(options) && options.include_usage === true,
    // Each of several choices has an end of its own.
    ...(typeof body.n === 'number' && body.n > 1 && { readsAll: true }),
  }
}
