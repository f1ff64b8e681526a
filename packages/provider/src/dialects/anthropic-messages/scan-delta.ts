import { parseJson } from '../json.ts'
import type { AnthropicBlock, BlockDeltaEvent } from './wire.ts'

/** How the deltas of one block look up to their text, which alone changes from event to event. */
export interface DeltaPattern {
  readonly prefix: string
  readonly index: number | null | undefined
  readonly type: string
  /** The delta's field that holds the text. */
  readonly field: string
}

// Up to the text nothing but flat fields, so that the text is the last that two braces close.
const upToText =
  /^\{[^{}]*"delta"\s*:\s*\{\s*"type"\s*:\s*"(?:text_delta|thinking_delta|input_json_delta)"\s*,\s*"(text|thinking|partial_json)"\s*:\s*"/

/** The pattern of a delta that was parsed; `undefined` where its JSON is written in another order. */
export const toDeltaPattern = (data: string, event: BlockDeltaEvent): DeltaPattern | undefined => {
  const [prefix, field] = upToText.exec(data) ?? []
  if (prefix === undefined || field === undefined) return undefined
  const { index, delta } = event
  // Twice the same key, or anything after the text: such JSON is parsed each time.
  return readText(data, prefix.length) === delta[field]
    ? { prefix, index, type: delta.type, field }
    : undefined
}

/**
 * The delta that parsing the data would give, read without parsing all of it; `undefined` where that is not certain.
 * Most of what a stream costs is the parsing of the same forty bytes again and again.
 */
export const scanDelta = (data: string, pattern: DeltaPattern): BlockDeltaEvent | undefined => {
  const { prefix, index, type, field } = pattern
  // Comparing a slice is comparing memory; startsWith goes character by character, at four times the cost.
  if (data.slice(0, prefix.length) !== prefix) return undefined
  const text = readText(data, prefix.length)
  if (text === undefined) return undefined
  return { type: 'content_block_delta', index, delta: toDelta(type, field, text) }
}

/** Written out, as a key that is computed makes an object several times as dear. */
const toDelta = (type: string, field: string, text: string): AnthropicBlock => {
  if (field === 'text') return { type, text }
  return field === 'thinking' ? { type, thinking: text } : { type, partial_json: text }
}

const space = 32

/** The text from `start` up to `"}}`, the end but for the spaces that this API pads with. */
const readText = (data: string, start: number): string | undefined => {
  let end = data.length
  while (data.charCodeAt(end - 1) === space) end -= 1
  end -= 3
  if (end < start || !data.startsWith('"}}', end)) return undefined
  const text = data.slice(start, end)
  if (!text.includes('\\')) return text.includes('"') ? undefined : text
  const parsed = parseJson(`"${text}"`)
  return typeof parsed === 'string' ? parsed : undefined
}
