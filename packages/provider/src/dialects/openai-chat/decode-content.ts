import { toToolInput } from '../../tool-input.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock } from '../../types/message.ts'
import type { DecodeContext } from '../dialect.ts'
import { withExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import type { ChatFunction, ChatMessage, ChatToolCall } from './wire.ts'

const dialect = 'openai-chat'

/** A piece of a message's content, in the order in which it stands. */
export interface ContentPiece {
  kind: 'thinking' | 'text' | 'refusal'
  text: string
}

/** Fields of a message that the vocabulary models, by whichever name a server gives them. */
export const messageFields: readonly string[] = [
  'role',
  'content',
  'refusal',
  'reasoning_content',
  'reasoning',
  'tool_calls',
  'function_call',
]

/** The extra of a block that was a refusal: text for everybody else, a refusal again for this dialect. */
export const refusalFields: JsonObject = { type: 'refusal' }

/** Thinking, text and refusal of a message or a delta; empty ones say nothing. */
export const contentPieces = (message: ChatMessage): ContentPiece[] => {
  // Servers that send both names send the same text twice.
  const pieces: ContentPiece[] = [
    { kind: 'thinking', text: message.reasoning_content || message.reasoning || '' },
  ]
  if (typeof message.content === 'string') pieces.push({ kind: 'text', text: message.content })
  else for (const part of message.content ?? []) pieces.push(toPiece(part))
  pieces.push({ kind: 'refusal', text: message.refusal ?? '' })
  return pieces.filter((piece) => piece.text !== '')
}

const toPiece = (part: JsonObject): ContentPiece => {
  if (part.type === 'thinking') return { kind: 'thinking', text: innerText(part.thinking) }
  if (part.type === 'refusal') return { kind: 'refusal', text: innerText(part.refusal) }
  return { kind: 'text', text: innerText(part.text) }
}

/** The text of a part that holds text itself, or a list of texts. */
export const innerText = (value: JsonObject[string]): string => {
  if (typeof value === 'string') return value
  return Array.isArray(value)
    ? value.map((part) => (isJsonObject(part) ? innerText(part.text) : '')).join('')
    : ''
}

/** The raw arguments of a call, whichever form they came in. */
export const argumentsText = (call: ChatFunction | null | undefined): string => {
  const value = call?.arguments
  return typeof value === 'string' ? value : value ? JSON.stringify(value) : ''
}

/** The calls of a message or a delta; the one of the legacy `function_call` goes without id. */
export const toCalls = (message: ChatMessage): ChatToolCall[] =>
  message.tool_calls ?? (message.function_call ? [{ index: 0, function: message.function_call }] : [])

/** Fields of a call beside the call itself (Google's `extra_content` must come back with it). */
export const toolCallExtra = (call: ChatToolCall): JsonObject =>
  otherFields(call, ['index', 'id', 'type', 'function'])

/** A piece of content as a block. */
export const toContentBlock = ({ kind, text }: ContentPiece): ContentBlock => {
  if (kind === 'thinking') return { type: 'thinking', text }
  return { type: 'text', text, ...(kind === 'refusal' && withExtra(dialect, refusalFields)) }
}

/** A whole call as a block. `isCut`: the answer ended inside it, so that no arguments are not "without arguments". */
export const toToolUse = (
  call: ChatToolCall,
  isCut: boolean,
  { generateId, toolNames }: Pick<DecodeContext, 'generateId' | 'toolNames'>,
): ContentBlock => {
  if (call.function == null) return { type: 'native', dialect, value: call }
  const text = argumentsText(call.function)
  const name = call.function.name ?? ''
  return {
    type: 'tool-use',
    id: call.id || generateId(),
    name: toolNames?.get(name) ?? name,
    ...toToolInput(text),
    ...(isCut && text === '' && { inputText: '' }),
    ...withExtra(dialect, toolCallExtra(call)),
  }
}
