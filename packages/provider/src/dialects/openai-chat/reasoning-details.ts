import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { DialectName, NativeBlock, ThinkingBlock } from '../../types/message.ts'
import { isJsonObject } from '../json.ts'

/*
 * Signed thinking on a wire that knows only `reasoning_content`. Claude models want it back byte for byte with the
 * results of tools, those that are redacted too, and many clients send an answer's message back whole, unknown fields too: so it stands beside the
 * text, in the field that OpenRouter introduced for it.
 * https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
 */

/** One signed block; `index` counts them within the message. */
export const encodeDetail = (block: ThinkingBlock, index: number): JsonObject => {
  const { dialect, model } = block.extra ?? {}
  return {
    type: 'reasoning.text',
    text: block.text,
    signature: block.signature,
    ...(dialect !== undefined && { format: dialect }),
    ...(model !== undefined && { model }),
    index,
  }
}

/** A block of thinking that nobody can read, which its model wants back as well; `undefined` for any other block. */
export const encodeHidden = (
  { dialect, model, value }: NativeBlock,
  index: number,
): JsonObject | undefined => {
  if (dialect === 'openai-chat' || !isJsonObject(value)) return undefined
  const { type, data } = value
  if (!isThinking(type) || typeof data !== 'string') return undefined
  const origin = { format: dialect, ...(model !== undefined && { model }) }
  return { type: 'reasoning.encrypted', data, block: type, ...origin, index }
}

const isThinking = (type: JsonValue | undefined): type is string =>
  typeof type === 'string' && type.endsWith('thinking')

/** The blocks of a message that came back. Of anything else in the field nothing is read. */
export const decodeDetails = (value: JsonValue | undefined): (ThinkingBlock | NativeBlock)[] =>
  Array.isArray(value) ? value.flatMap(decodeDetail) : []

const decodeDetail = (detail: JsonValue): (ThinkingBlock | NativeBlock)[] => {
  if (!isJsonObject(detail)) return []
  if (detail.type === 'reasoning.encrypted') return decodeHidden(detail)
  if (detail.type !== 'reasoning.text') return []
  const { text, signature, format, model } = detail
  if (typeof signature !== 'string' || signature === '') return []
  const block = { type: 'thinking' as const, text: typeof text === 'string' ? text : '', signature }
  // Only what we write ourselves: whose signature it is, and of which model.
  if (typeof format !== 'string') return [block]
  return [{ ...block, extra: { dialect: format, ...(typeof model === 'string' && { model }) } }]
}

const decodeHidden = ({ data, block, format, model }: JsonObject): NativeBlock[] => {
  const dialect = dialects.find((name) => name === format)
  if (dialect === undefined || !isThinking(block) || typeof data !== 'string') return []
  const origin = { dialect, ...(typeof model === 'string' && { model }) }
  return [{ type: 'native', ...origin, value: { type: block, data } }]
}

// This wire's own thinking has no such blocks.
const dialects: readonly DialectName[] = ['anthropic-messages', 'mock']
