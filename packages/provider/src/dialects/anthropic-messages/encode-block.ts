import type { JsonObject } from '../../types/json.ts'
import type { NativeBlock } from '../../types/message.ts'
import type { BlockEndEvent, ToolUseStartEvent } from '../../types/stream-event.ts'
import { fillIn } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { ownFields } from './encode-response.ts'
import { frame } from './stream-frame.ts'
import { exactInputKey } from './streamed-block.ts'
import { toWireId } from './wire-id.ts'

/** The block that is being written. */
export interface OpenBlock {
  kind: 'text' | 'thinking' | 'tool-use'
  /** Its index in the answer. */
  source: number
  /** Its index on the wire. */
  at: number
  /** What stands before the text of a delta, since only that changes from event to event. */
  prefix: string
  /** Has no input of a tool use come yet? */
  isSilent: boolean
  isSigned: boolean
}

/** Where blocks are written. */
export interface BlockTarget {
  begun: number
  open: OpenBlock | undefined
}

const deltas = {
  text: '"text_delta","text":',
  thinking: '"thinking_delta","thinking":',
  'tool-use': '"input_json_delta","partial_json":',
} satisfies Record<OpenBlock['kind'], string>

/** Begins a tool use; its input follows. */
export const startToolUse = (target: BlockTarget, event: ToolUseStartEvent): string => {
  const { at } = begin(target, event.index, 'tool-use')
  const call = { type: 'tool_use', id: toWireId(event.id), name: event.name, input: {} }
  return start(at, fillIn(call, ownFields(event)))
}

/** Writes text of a block, which it begins where it is not open yet; no text says nothing. */
export const writeDelta = (
  target: BlockTarget,
  source: number,
  kind: OpenBlock['kind'],
  text: string,
): string => {
  if (text === '') return ''
  const isNew = target.open === undefined
  const open = target.open ?? begin(target, source, kind)
  open.isSilent = false
  return `${isNew ? startContent(open) : ''}${open.prefix}${JSON.stringify(text)}}}\n\n`
}

/** Writes the signature of thinking, which may be all that there is of it. */
export const writeSignature = (
  target: BlockTarget,
  source: number,
  signature: string | undefined,
): string => {
  if (signature === undefined) return ''
  const isNew = target.open === undefined
  const open = target.open ?? begin(target, source, 'thinking')
  open.isSigned = true
  return (isNew ? startContent(open) : '') + delta(open.at, { type: 'signature_delta', signature })
}

/** Ends the open block with what is only known then. */
export const closeBlock = (target: BlockTarget, event: BlockEndEvent | undefined): string => {
  const { open } = target
  if (open === undefined) return ''
  target.open = undefined
  return lastDeltas(open, event) + stop(open.at)
}

/** Writes a block that only this dialect understands; nothing of one of another dialect's. */
export const writeNative = (target: BlockTarget, block: NativeBlock): string => {
  const { value } = block
  if (block.dialect !== 'anthropic-messages' || !isJsonObject(value)) return ''
  const at = target.begun
  target.begun += 1
  // Clients wait for the input of a server tool in pieces, as the API sends it.
  if (value.type === 'server_tool_use' && isJsonObject(value.input)) {
    const { [exactInputKey]: exact } = ownFields(block)
    const text = typeof exact === 'string' ? exact : JSON.stringify(value.input)
    const piece = delta(at, { type: 'input_json_delta', partial_json: text })
    return start(at, { ...value, input: {} }) + piece + stop(at)
  }
  return start(at, value) + stop(at)
}

const begin = (target: BlockTarget, source: number, kind: OpenBlock['kind']): OpenBlock => {
  const at = target.begun
  target.begun += 1
  const prefix = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${at},"delta":{"type":${deltas[kind]}`
  target.open = { kind, source, at, prefix, isSilent: true, isSigned: false }
  return target.open
}

const startContent = ({ kind, at }: OpenBlock): string =>
  start(at, kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' })

const lastDeltas = (open: OpenBlock, event: BlockEndEvent | undefined): string => {
  // A tool without arguments has an empty piece; one without any piece was never filled.
  if (open.kind === 'tool-use') {
    return open.isSilent ? delta(open.at, { type: 'input_json_delta', partial_json: '' }) : ''
  }
  // Clients send back thinking whose signature they have seen alone; an empty one says that there is none.
  if (open.kind === 'thinking') {
    return open.isSigned ? '' : delta(open.at, { type: 'signature_delta', signature: '' })
  }
  const { citations } = event === undefined ? {} : ownFields(event)
  if (!Array.isArray(citations)) return ''
  return citations.map((citation) => delta(open.at, { type: 'citations_delta', citation })).join('')
}

const start = (index: number, content_block: JsonObject): string =>
  frame('content_block_start', { type: 'content_block_start', index, content_block })

const delta = (index: number, value: JsonObject): string =>
  frame('content_block_delta', { type: 'content_block_delta', index, delta: value })

const stop = (index: number): string => frame('content_block_stop', { type: 'content_block_stop', index })
