import type { JsonObject } from '../../types/json.ts'
import { isJsonObject, parseJson } from '../json.ts'

/** A chunk without content: what it says of the answer's end, if anything. */
export interface SilentChunk {
  /** Is there a choice in it? Then it is the first one. */
  hasChoice: boolean
  finishReason: string | undefined
  usage: JsonObject | undefined
}

// Nothing but JSON fits these patterns, and a key that they name twice says nothing the second time either. So none of it
// has to be parsed to know what parsing it would say.
const text = '"[^"\\\\\\x00-\\x1f]*"'
const field =
  `(?:"(?:id|model|system_fingerprint|service_tier|obfuscation|provider)":(?:${text}|null)` +
  '|"object":"chat\\.completion\\.chunk"|"created":(?:0|[1-9]\\d*))'
const nothing =
  '(?:"role":"assistant"|"(?:content|refusal|reasoning_content|reasoning)":(?:""|null)' +
  '|"(?:tool_calls|function_call)":null)'
const choice =
  `\\{"index":0,"delta":\\{(?:${nothing}(?:,${nothing})*)?\\}(?:,"logprobs":null)?` +
  ',"finish_reason":(?:null|"(stop|length|tool_calls|content_filter)")(?:,"(?:logprobs|stop_reason)":null)?\\}'
// With objects in it, but with no braces in its texts, which would be taken for its own.
const usage = '\\{[^{}[\\]\\\\]*(?:\\{[^{}[\\]\\\\]*\\}[^{}[\\]\\\\]*)*\\}'
const chunk = new RegExp(
  `^\\{(?:${field},)*"choices":\\[(${choice})?\\](?:,${field})*(?:,"usage":(?:null|(${usage}))(?:,${field})*)?\\}$`,
)

// They are never longer, and a pattern should not be tried on whatever comes.
const maxLength = 2048

/**
 * Reads a chunk as servers write those without content: the first, which names the role, the last, and the one of the
 * usage. `undefined` for any other: it has to be parsed.
 */
export const scanSilent = (data: string): SilentChunk | undefined => {
  const found = data.length > maxLength ? null : chunk.exec(data)
  if (found === null) return undefined
  const [, first, finishReason, figures] = found
  const used = figures === undefined ? undefined : parseJson(figures)
  if (figures !== undefined && !isJsonObject(used)) return undefined
  return { hasChoice: first !== undefined, finishReason, usage: isJsonObject(used) ? used : undefined }
}
