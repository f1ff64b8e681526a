import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ThinkingBlock } from '../../types/message.ts'
import { isJsonObject } from '../json.ts'

/*
 * Signed thinking on a wire that knows only `reasoning_content`. Claude models want it back byte for byte with the
 * results of tools, and many clients send an answer's message back whole, unknown fields too: so it stands beside the
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

/** The signed blocks of a message that came back. Of anything else in the field nothing is read. */
export const decodeDetails = (value: JsonValue | undefined): ThinkingBlock[] =>
  Array.isArray(value) ? value.flatMap(decodeDetail) : []

const decodeDetail = (detail: JsonValue): ThinkingBlock[] => {
  if (!isJsonObject(detail) || detail.type !== 'reasoning.text') return []
  const { text, signature, format, model } = detail
  if (typeof signature !== 'string' || signature === '') return []
  const block = { type: 'thinking' as const, text: typeof text === 'string' ? text : '', signature }
  // Only what we write ourselves: whose signature it is, and of which model.
  if (typeof format !== 'string') return [block]
  return [{ ...block, extra: { dialect: format, ...(typeof model === 'string' && { model }) } }]
}
