import { toPlainInput } from '../../tool-input.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ContentBlock, Message } from '../../types/message.ts'
import { withExtra } from '../extra.ts'
import { otherFields } from '../json.ts'
import { quote } from '../warnings.ts'
import { toolUseExtra, toSignature } from './decode-content.ts'
import { decodeMedia, decodeSearchResult } from './decode-media.ts'
import { invalidField, readFlag, readList, readObject, readText, required } from './read-field.ts'

const dialect = 'anthropic-messages'

/** The system prompt: one text, or a message of blocks where it was written as blocks. */
export const decodeSystem = (
  value: JsonValue | undefined,
): { system?: string | undefined; messages: Message[] } => {
  if (value === undefined || value === null || typeof value === 'string') {
    return { system: value ?? undefined, messages: [] }
  }
  const content = decodeBlocks(value, 'system')
  return { messages: content.length === 0 ? [] : [{ role: 'system', content }] }
}

/** The conversation. Since API version 2026-10-21 system messages may stand in it. */
export const decodeMessages = (value: JsonValue | undefined): Message[] => {
  const messages = required(readList(value, 'messages'), 'messages')
  if (messages.length === 0) throw invalidField('messages', 'at least one message is required')
  return messages.map((message, at) => decodeMessage(message, `messages.${at}`))
}

const decodeMessage = (value: JsonValue, path: string): Message => {
  const message = required(readObject(value, path), path)
  const role = required(readText(message.role, `${path}.role`), `${path}.role`)
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalidField(`${path}.role`, `Input should be 'user', 'assistant' or 'system', not ${quote(role)}`)
  }
  const content = decodeContent(message.content, `${path}.content`)
  return {
    role,
    content: required(content, `${path}.content`),
    ...withExtra(dialect, otherFields(message, ['role', 'content'])),
  }
}

/** A string or blocks; `undefined` for no content. */
const decodeContent = (value: JsonValue | undefined, path: string): string | ContentBlock[] | undefined => {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : decodeBlocks(value, path)
}

const decodeBlocks = (value: JsonValue, path: string): ContentBlock[] => {
  if (!Array.isArray(value)) {
    throw invalidField(path, `Input should be a valid string or list, not ${quote(value)}`)
  }
  return value.map((block, at) => decodeBlock(block, `${path}.${at}`))
}

/** One block; of a type that the vocabulary has no word for it stays as it is. */
const decodeBlock = (value: JsonValue, path: string): ContentBlock => {
  const block = required(readObject(value, path), path)
  const type = readString(block, 'type', path)
  switch (type) {
    case 'text':
      return {
        type,
        text: readString(block, 'text', path),
        ...withExtra(dialect, otherFields(block, ['type', 'text'])),
      }
    case 'image':
    case 'document':
      return decodeMedia(type, block, path)
    case 'search_result':
      return decodeSearchResult(block, path)
    case 'thinking':
      return decodeThinking(block, path)
    case 'tool_use':
      return {
        type: 'tool-use',
        id: readString(block, 'id', path),
        name: readString(block, 'name', path),
        ...decodeInput(block.input, `${path}.input`),
        ...withExtra(dialect, toolUseExtra(block)),
      }
    case 'tool_result':
      return decodeToolResult(block, path)
    default:
      return { type: 'native', dialect, value: block }
  }
}

/** The input of a tool use. Models of other dialects say `null` for no arguments, which a client then sends back. */
const decodeInput = (value: JsonValue | undefined, path: string) =>
  toPlainInput(value === null ? {} : required(readObject(value, path), path))

/** Who signed it is not said here, so it goes back to whichever model is asked; an empty signature is none. */
const decodeThinking = (block: JsonObject, path: string): ContentBlock => {
  const signature = toSignature(readText(block.signature, `${path}.signature`))
  return {
    type: 'thinking',
    text: readString(block, 'thinking', path),
    ...(signature !== undefined && { signature }),
    ...withExtra(dialect, otherFields(block, ['type', 'thinking', 'signature'])),
  }
}

const decodeToolResult = (block: JsonObject, path: string): ContentBlock => {
  const isError = readFlag(block.is_error, `${path}.is_error`)
  return {
    type: 'tool-result',
    toolUseId: readString(block, 'tool_use_id', path),
    content: decodeContent(block.content, `${path}.content`) ?? '',
    ...(isError !== undefined && { isError }),
    ...withExtra(dialect, otherFields(block, ['type', 'tool_use_id', 'content', 'is_error'])),
  }
}

const readString = (block: JsonObject, key: string, path: string): string =>
  required(readText(block[key], `${path}.${key}`), `${path}.${key}`)
