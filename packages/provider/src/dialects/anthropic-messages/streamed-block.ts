import { toToolInput } from '../../tool-input.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import { toExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { thinkingExtra, toNative, toolUseExtra, toSignature } from './decode-content.ts'
import type { AnthropicBlock } from './wire.ts'

/** One block of a stream between its start and its end. */
export interface StreamedBlock {
  readonly kind: 'text' | 'thinking' | 'tool-use' | 'native'
  /** What there is to say at its start. */
  open(): StreamEvent[]
  /** What a delta adds; deltas of types that the block does not know say nothing. */
  take(delta: AnthropicBlock): StreamEvent[]
  /** What is only known at its end. */
  end(): StreamEvent[]
}

/** Where a block stands in the answer, claimed when it first says something so that no index stays empty. */
export type ClaimIndex = () => number

/** The block that starts with `block`. */
export const openBlock = (block: AnthropicBlock, model: string, claim: ClaimIndex): StreamedBlock => {
  let claimed: number | undefined
  const at = () => {
    claimed ??= claim()
    return claimed
  }
  if (block.type === 'text') return openText(block, at)
  if (block.type === 'thinking') return openThinking(block, model, at)
  const { id, name } = block
  if (block.type === 'tool_use' && typeof id === 'string' && typeof name === 'string') {
    return openToolUse(block, id, name, at)
  }
  return openNative(block, model, at)
}

const openText = (block: AnthropicBlock, at: ClaimIndex): StreamedBlock => {
  const citations: JsonValue[] = []
  let silent = true
  const say = (text: JsonValue | undefined): StreamEvent[] => {
    if (typeof text !== 'string' || text === '') return []
    silent = false
    return [{ type: 'text-delta', index: at(), text }]
  }
  return {
    kind: 'text',
    open: () => say(block.text),
    take(delta) {
      if (delta.type === 'citations_delta' && delta.citation != null) citations.push(delta.citation)
      return delta.type === 'text_delta' ? say(delta.text) : []
    },
    end() {
      if (silent) return []
      const fields = { ...otherFields(block, ['type', 'text']), ...(citations.length > 0 && { citations }) }
      return [blockEnd(at(), fields)]
    },
  }
}

const openThinking = (block: AnthropicBlock, model: string, at: ClaimIndex): StreamedBlock => {
  let signature = toSignature(block.signature)
  let silent = true
  const say = (text: JsonValue | undefined): StreamEvent[] => {
    if (typeof text !== 'string' || text === '') return []
    silent = false
    return [{ type: 'thinking-delta', index: at(), text }]
  }
  return {
    kind: 'thinking',
    open: () => say(block.thinking),
    take(delta) {
      // The signature comes whole, once; were it sent again, the later one counts.
      if (delta.type === 'signature_delta') signature = toSignature(delta.signature) ?? signature
      return delta.type === 'thinking_delta' ? say(delta.thinking) : []
    },
    end() {
      if (silent && signature === undefined) return []
      const end = blockEnd(at(), thinkingExtra(block, model, signature))
      if (signature === undefined) return [end]
      return [{ type: 'thinking-delta', index: at(), text: '', signature }, end]
    },
  }
}

const openToolUse = (block: AnthropicBlock, id: string, name: string, at: ClaimIndex): StreamedBlock => {
  let silent = true
  return {
    kind: 'tool-use',
    open: () => [{ type: 'tool-use-start', index: at(), id, name }],
    take(delta) {
      const text = delta.type === 'input_json_delta' ? delta.partial_json : undefined
      if (typeof text !== 'string' || text === '') return []
      silent = false
      return [{ type: 'tool-input-delta', index: at(), text }]
    },
    end() {
      const end = blockEnd(at(), toolUseExtra(block))
      // Some upstreams send the whole input with the start, and no deltas.
      if (!silent || !isJsonObject(block.input) || Object.keys(block.input).length === 0) return [end]
      return [{ type: 'tool-input-delta', index: at(), text: JSON.stringify(block.input) }, end]
    },
  }
}

/** A block of a type that we do not model: put together field by field and handed on whole. */
const openNative = (block: AnthropicBlock, model: string, at: ClaimIndex): StreamedBlock => {
  let value: JsonObject = block
  let inputText = ''
  return {
    kind: 'native',
    open: () => [],
    take(delta) {
      const { type: _, partial_json: piece, ...fields } = delta
      if (typeof piece === 'string') inputText += piece
      for (const [key, field] of Object.entries(fields))
        value = { ...value, [key]: append(value[key], field) }
      return []
    },
    end() {
      if (inputText !== '') value = { ...value, input: toToolInput(inputText).input }
      return [{ type: 'native', index: at(), block: toNative(value, model) }]
    },
  }
}

/** Strings and lists of deltas go on where the block's own end; anything else takes its place. */
const append = (before: JsonValue | undefined, added: JsonValue | undefined): JsonValue | undefined => {
  if (typeof before === 'string' && typeof added === 'string') return before + added
  if (Array.isArray(before) && Array.isArray(added)) return [...before, ...added]
  return added ?? before
}

const blockEnd = (index: number, fields: JsonObject): StreamEvent => {
  const extra = toExtra('anthropic-messages', fields)
  return { type: 'block-end', index, ...(extra !== undefined && { extra }) }
}
