import { toPlainInput, toToolInput } from '../../tool-input.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, NativeBlock } from '../../types/message.ts'
import { withExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import type { AnthropicBlock } from './wire.ts'

const dialect = 'anthropic-messages'

/** A whole block of an answer; one that only this dialect understands stays as it is. */
export const toContentBlock = (block: AnthropicBlock, model: string): ContentBlock => {
  if (block.type === 'text' && typeof block.text === 'string') {
    return { type: 'text', text: block.text, ...withExtra(dialect, otherFields(block, ['type', 'text'])) }
  }
  if (block.type === 'thinking' && typeof block.thinking === 'string') {
    const signature = toSignature(block.signature)
    return {
      type: 'thinking',
      text: block.thinking,
      ...(signature !== undefined && { signature }),
      ...withExtra(dialect, thinkingExtra(block, model, signature)),
    }
  }
  if (block.type === 'tool_use' && typeof block.id === 'string' && typeof block.name === 'string') {
    return {
      type: 'tool-use',
      id: block.id,
      name: block.name,
      ...(isJsonObject(block.input) ? toPlainInput(block.input) : toToolInput(toInputText(block.input))),
      ...withExtra(dialect, toolUseExtra(block)),
    }
  }
  return toNative(block, model)
}

/** A block that is sent back to the model that it came from, and to no other. */
export const toNative = (value: JsonObject, model: string): NativeBlock => ({
  type: 'native',
  dialect,
  model,
  value,
})

/** A signature is worth something to the model that made it alone, so the block says which that was. */
export const thinkingExtra = (
  block: JsonObject,
  model: string,
  signature: string | undefined,
): JsonObject => ({
  ...otherFields(block, ['type', 'thinking', 'signature']),
  ...(signature !== undefined && { model }),
})

/** A signature; some upstreams send an empty one for none. */
export const toSignature = (value: JsonObject[string]): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The fields of a tool use beside its call (`caller`, `toolset_name`…). */
export const toolUseExtra = (block: JsonObject): JsonObject =>
  otherFields(block, ['type', 'id', 'name', 'input'])

const toInputText = (input: JsonObject[string]): string =>
  input === undefined || input === null ? '' : JSON.stringify(input)
