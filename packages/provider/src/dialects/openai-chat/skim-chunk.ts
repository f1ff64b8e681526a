import type { JsonObject } from '../../types/json.ts'
import { isJsonObject, parseJson } from '../json.ts'

/** What a relay takes of a chunk. */
export interface SkimmedChunk {
  /** Is there a choice in it? Then it is the first one. */
  hasChoice: boolean
  /** Is there text or thinking in it? Never with the reason to stop. */
  hasContent: boolean
  finishReason: string | undefined
  usage: JsonObject | undefined
}

/*
 * Nothing but JSON fits these patterns. A key that could come twice and say two things has one place in them; whatever
 * else a key could say that matters, or is written with an escape, does not fit. So none of it has to be parsed to know
 * what parsing it would say.
 */
const text = '"[^"\\\\\\x00-\\x1f]*"'
const plain = `(?:null|${text}|true|false|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?)`
const otherThan = (keys: string) => `"(?!(?:${keys})")\\w+":${plain}`

// No text fits in two ways: a pattern that tries both for each of many fields would never end.
const usual = 'id|model|system_fingerprint|service_tier|obfuscation'
const field =
  `(?:"(?:${usual})":(?:${text}|null)|"object":"chat\\.completion\\.chunk"` +
  `|${otherThan(`${usual}|object|choices|usage|error|x_groq`)})`
const silent = '(?:"role":"assistant"|"(?:content|refusal|reasoning_content|reasoning)":""|"\\w+":null)'
const said =
  '"(content|reasoning_content|reasoning)":"(?!")(?:[^"\\\\\\x00-\\x1f]|\\\\(?:["\\\\/bfnrt]|u[\\da-fA-F]{4}))+"'
const ofChoice = `(?:,${otherThan('index|delta|message|finish_reason|usage|error')})*`
const spoken = `"delta":\\{(?:${silent},)*${said}(?:,(?!"\\2")${silent})*\\}${ofChoice}(?:,"finish_reason":null${ofChoice})?`
const unspoken =
  `"delta":\\{(?:${silent}(?:,${silent})*)?\\}${ofChoice}` +
  `(?:,"finish_reason":(?:null|"(stop|length|tool_calls|content_filter)")${ofChoice})?`
const choice = `\\{"index":0,(?:${spoken}|${unspoken})\\}`
// With objects in it, but with no braces in its texts, which would be taken for its own.
const usage = '\\{[^{}[\\]\\\\]*(?:\\{[^{}[\\]\\\\]*\\}[^{}[\\]\\\\]*)*\\}'
const chunk = new RegExp(
  `^\\{(?:${field},)*"choices":\\[(${choice})?\\](?:,${field})*(?:,"usage":(?:null|(${usage}))(?:,${field})*)?\\}$`,
)

// They are hardly ever longer, and a pattern should not be tried on whatever comes.
const maxLength = 2048

/**
 * Reads a chunk as servers write them, with a piece of text or without any content. `undefined` for any other: it has to
 * be parsed.
 */
export const skimChunk = (data: string): SkimmedChunk | undefined => {
  const found = data.length > maxLength ? null : chunk.exec(data)
  if (found === null) return undefined
  const [, first, content, finishReason, figures] = found
  const used = figures === undefined ? undefined : parseJson(figures)
  if (figures !== undefined && !isJsonObject(used)) return undefined
  return {
    hasChoice: first !== undefined,
    hasContent: content !== undefined,
    finishReason,
    usage: isJsonObject(used) ? used : undefined,
  }
}
