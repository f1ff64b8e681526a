import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { RelayPlan, RelayRules } from '../client-dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { optionalFlag, requireName } from './fields.ts'
import { toStopReason } from './stop-reason.ts'
import { toUsage } from './usage.ts'

/**
 * Which events of a stream matter to a relay. Text that is quoted inside a delta never looks like these: there the
 * quotes are escaped.
 */
export const relayRules: RelayRules = {
  // An error may be an object or a text, or the whole event (vLLM).
  needles: ['"finish_reason":"', '"usage":{', '"error":', '"object":"error"', 'data: [DONE]', 'data:[DONE]'],
  isUsageOnly(data) {
    // Nearly every event that is asked about has choices: it is not parsed for that.
    if (!noChoices.test(data)) return false
    // The usual one. What is inside a text looks different: there the quotes are escaped.
    const usage = data.indexOf('"usage"')
    const isPlain = data.indexOf('"usage"', usage + 1) === -1 && !otherThanUsage.test(data)
    if (isPlain && someUsage.test(data)) return true
    const chunk = parseJson(data)
    if (!isJsonObject(chunk) || chunk.error != null) return false
    return isJsonObject(chunk.usage) && Array.isArray(chunk.choices) && chunk.choices.length === 0
  },
  readEnd({ choices, usage, x_groq: groq }) {
    const choice = Array.isArray(choices) ? choices[0] : undefined
    if (!isJsonObject(choice)) return undefined
    const reason = choice.finish_reason
    // A prompt that was blocked has a reason to stop alone, at Google.
    const message = choice.message ?? (typeof reason === 'string' ? {} : undefined)
    if (!isJsonObject(message)) return undefined
    const { tool_calls: calls, function_call: call, refusal } = message
    return {
      usage: toUsage(asObject(usage) ?? (isJsonObject(groq) ? asObject(groq.usage) : undefined)),
      stopReason: toStopReason(typeof reason === 'string' ? reason : undefined, {
        hasToolUse: (Array.isArray(calls) && calls.length > 0) || isJsonObject(call),
        hasRefusal: typeof refusal === 'string' && refusal !== '',
      }),
    }
  },
  headerPrefixes: ['openai-'],
}

const someUsage = /"usage"\s*:\s*\{/
const otherThanUsage = /"(?:error|delta|message)"/
const noChoices = /"choices"\s*:\s*\[\s*\]/

const asObject = (value: JsonValue | undefined): JsonObject | undefined =>
  isJsonObject(value) ? value : undefined

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
