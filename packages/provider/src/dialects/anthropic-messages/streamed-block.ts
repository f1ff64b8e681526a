import { toToolInput } from '../../tool-input.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { NativeBlock } from '../../types/message.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import { toExtra, withExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { thinkingExtra, toNative, toolUseExtra, toSignature } from './decode-content.ts'
import type { AnthropicBlock } from './wire.ts'

/** One block of a stream between its start and its end. */
export interface StreamedBlock {
  readonly kind: 'text' | 'thinking' | 'tool-use' | 'native'
  /** As the wire started it; a signature and the fields of a block that we do not model are added as they come. */
  value: AnthropicBlock
  /** Where it stands in the answer, claimed when it first says something so that no index stays empty. */
  index: number | undefined
  /** Has no text come yet, or no input of a tool use? */
  isSilent: boolean
  citations: JsonValue[] | undefined
  /** Pieces of the input of a block that we do not model. */
  inputText: string
}

/** What a block needs of its answer. */
export interface BlockOwner {
  readonly model: string
  /** How many blocks have said something. */
  claimed: number
}

/** A block of which nothing has been said. */
export const createStreamedBlock = (value: AnthropicBlock): StreamedBlock => ({
  kind: toKind(value),
  value,
  index: undefined,
  isSilent: true,
  citations: undefined,
  inputText: '',
})

/** What there is to say at its start. */
export const startBlock = (block: StreamedBlock, owner: BlockOwner): StreamEvent[] => {
  const { kind, value } = block
  if (kind === 'text') return say(block, owner, 'text-delta', value.text)
  if (kind === 'thinking') return say(block, owner, 'thinking-delta', value.thinking)
  if (!isToolUse(value)) return []
  const { id, name } = value
  const extra = withExtra('anthropic-messages', toolUseExtra(value))
  return [{ type: 'tool-use-start', index: claimIndex(block, owner), id, name, ...extra }]
}

/** What a delta adds; deltas of types that the block does not know say nothing. */
export const takeDelta = (block: StreamedBlock, delta: AnthropicBlock, owner: BlockOwner): StreamEvent[] => {
  const { type } = delta
  switch (block.kind) {
    case 'text':
      if (type === 'text_delta') return say(block, owner, 'text-delta', delta.text)
      if (type === 'citations_delta' && delta.citation != null) {
        block.citations ??= []
        block.citations.push(delta.citation)
      }
      return []
    case 'thinking':
      if (type === 'thinking_delta') return say(block, owner, 'thinking-delta', delta.thinking)
      // The signature comes whole, once; were it sent again, the later one counts.
      if (type === 'signature_delta' && toSignature(delta.signature) !== undefined) {
        block.value = { ...block.value, signature: delta.signature }
      }
      return []
    case 'tool-use':
      return type === 'input_json_delta' ? say(block, owner, 'tool-input-delta', delta.partial_json) : []
    case 'native':
      addFields(block, delta)
      return []
  }
}

/** What is only known at its end. */
export const endBlock = (block: StreamedBlock, owner: BlockOwner): StreamEvent[] => {
  if (block.kind === 'text') return endText(block)
  if (block.kind === 'thinking') return endThinking(block, owner)
  if (block.kind === 'tool-use') return endToolUse(block, owner)
  return [{ type: 'native', index: claimIndex(block, owner), block: toWhole(block, owner) }]
}

/** A block that we do not model, with its input from its pieces; their text comes along where the input loses any of it. */
const toWhole = ({ value, inputText }: StreamedBlock, { model }: BlockOwner): NativeBlock => {
  if (inputText === '') return toNative(value, model)
  const { input, inputText: exact } = toToolInput(inputText)
  const extra = exact === undefined ? {} : withExtra('anthropic-messages', { [exactInputKey]: exact })
  return { ...toNative({ ...value, input }, model), ...extra }
}

/** Under this key of its `extra` a block that we do not model holds the text of its input. */
export const exactInputKey = 'input_text'

const toKind = (value: AnthropicBlock): StreamedBlock['kind'] => {
  if (value.type === 'text' || value.type === 'thinking') return value.type
  return isToolUse(value) ? 'tool-use' : 'native'
}

const isToolUse = (value: AnthropicBlock): value is AnthropicBlock & { id: string; name: string } =>
  value.type === 'tool_use' && typeof value.id === 'string' && typeof value.name === 'string'

const claimIndex = (block: StreamedBlock, owner: BlockOwner): number => {
  if (block.index === undefined) {
    block.index = owner.claimed
    owner.claimed += 1
  }
  return block.index
}

const say = (
  block: StreamedBlock,
  owner: BlockOwner,
  type: 'text-delta' | 'thinking-delta' | 'tool-input-delta',
  text: JsonValue | undefined,
): StreamEvent[] => {
  if (typeof text !== 'string' || text === '') return []
  block.isSilent = false
  return [{ type, index: claimIndex(block, owner), text }]
}

const endText = ({ value, index, citations }: StreamedBlock): StreamEvent[] => {
  if (index === undefined) return []
  const fields = { ...otherFields(value, ['type', 'text']), ...(citations !== undefined && { citations }) }
  return [toEnd(index, fields)]
}

const endThinking = (block: StreamedBlock, owner: BlockOwner): StreamEvent[] => {
  const signature = toSignature(block.value.signature)
  if (block.isSilent && signature === undefined) return []
  const index = claimIndex(block, owner)
  const end = toEnd(index, thinkingExtra(block.value, owner.model, signature))
  return signature === undefined ? [end] : [{ type: 'thinking-delta', index, text: '', signature }, end]
}

const endToolUse = (block: StreamedBlock, owner: BlockOwner): StreamEvent[] => {
  const { value, isSilent } = block
  const index = claimIndex(block, owner)
  const end = toEnd(index, toolUseExtra(value))
  // Some upstreams send the whole input with the start, and no deltas.
  if (!isSilent || !isJsonObject(value.input) || Object.keys(value.input).length === 0) return [end]
  return [{ type: 'tool-input-delta', index, text: JSON.stringify(value.input) }, end]
}

/** A block of a type that we do not model is put together field by field and handed on whole. */
const addFields = (block: StreamedBlock, delta: AnthropicBlock): void => {
  const { type: _, partial_json: piece, ...fields } = delta
  if (typeof piece === 'string') block.inputText += piece
  for (const [key, field] of Object.entries(fields)) {
    block.value = { ...block.value, [key]: append(block.value[key], field) }
  }
}

/** Strings and lists of deltas go on where the block's own end; anything else takes its place. */
const append = (before: JsonValue | undefined, added: JsonValue | undefined): JsonValue | undefined => {
  if (typeof before === 'string' && typeof added === 'string') return before + added
  if (Array.isArray(before) && Array.isArray(added)) return [...before, ...added]
  return added ?? before
}

const toEnd = (index: number, fields: JsonObject): StreamEvent => {
  const extra = toExtra('anthropic-messages', fields)
  return { type: 'block-end', index, ...(extra !== undefined && { extra }) }
}
