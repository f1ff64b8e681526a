import { toToolInput } from '../../tool-input.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ContentBlock, Message, ToolUseBlock } from '../../types/message.ts'
import { withExtra } from '../extra.ts'
import { refusalFields } from './decode-content.ts'
import { decodeContent } from './decode-parts.ts'
import {
  type Named,
  optionalText,
  requireList,
  requireName,
  requireNamed,
  requireObject,
  requireText,
  requireTyped,
  restOf,
} from './fields.ts'
import type { LegacyCalls } from './legacy-calls.ts'
import { decodeDetails } from './reasoning-details.ts'

const dialect = 'openai-chat'
const modelled = ['role', 'content', 'name', 'refusal', 'tool_calls', 'function_call']

/** An assistant's message of a request: its content, and the fields that the vocabulary does not model. */
export interface DecodedAssistant {
  content: Message['content']
  fields: JsonObject
}

/** Thinking first, then text, refusal and calls: the order in which this wire means them. */
export const decodeAssistant = (message: JsonObject, path: string, legacy: LegacyCalls): DecodedAssistant => {
  const thinking = decodeThinking(message)
  const content = message.content == null ? [] : decodeContent(message.content, `${path}.content`)
  const refusal = optionalText(message.refusal, `${path}.refusal`)
  const calls = decodeCalls(message, path, legacy)
  const fields = restOf(message, [...modelled, ...thinking.names])
  if (typeof content === 'string' && thinking.blocks.length === 0 && !refusal && calls.length === 0) {
    return { content, fields }
  }
  const blocks: ContentBlock[] = [
    ...thinking.blocks,
    // Beside anything else no text is said by the wire's null and by '' alike.
    ...(typeof content !== 'string' ? content : content === '' ? [] : [textBlock(content)]),
    ...(refusal ? [{ ...textBlock(refusal), ...withExtra(dialect, refusalFields) }] : []),
    ...calls,
  ]
  return { content: blocks, fields }
}

const textBlock = (text: string) => ({ type: 'text' as const, text })

/** Thinking that a client hands back, by whichever name its server gave it; `names` are the fields that it stood in. */
const decodeThinking = (message: JsonObject): { blocks: ContentBlock[]; names: string[] } => {
  // Signed blocks hold the text that the other fields repeat.
  const signed = decodeDetails(message.reasoning_details)
  if (signed.length > 0) {
    return { blocks: signed, names: ['reasoning_details', 'reasoning_content', 'reasoning'] }
  }
  const names = ['reasoning_content', 'reasoning'].filter((name) => typeof message[name] === 'string')
  const text = names.map((name) => message[name]).find((value) => typeof value === 'string' && value !== '')
  return { blocks: typeof text === 'string' ? [{ type: 'thinking', text }] : [], names }
}

const decodeCalls = (message: JsonObject, path: string, legacy: LegacyCalls): ToolUseBlock[] => {
  const list = message.tool_calls
  const calls =
    list == null
      ? []
      : requireList(list, `${path}.tool_calls`, 'calls').map((item, at) => {
          const callPath = `${path}.tool_calls[${at}]`
          return decodeCall(requireObject(item, callPath), callPath)
        })
  if (message.function_call == null) return calls
  const called = requireNamed(message.function_call, `${path}.function_call`)
  return [...calls, { type: 'tool-use', id: legacy.call(called.name, path), ...decodeFunction(called) }]
}

const decodeCall = (call: JsonObject, path: string): ToolUseBlock => {
  const id = requireName(call.id, `${path}.id`)
  const typed = call.type == null ? { ...call, type: 'function' } : call
  const called = requireTyped(typed, ['function', 'custom'], path)
  const fields = restOf(call, ['id', 'type', 'function', 'custom'])
  if (called.type === 'custom') return decodeCustomCall(id, called, fields)
  const rest = restOf(called.fields, ['name', 'arguments'])
  const extra = { ...fields, ...(Object.keys(rest).length > 0 && { function: rest }) }
  return { type: 'tool-use', id, ...decodeFunction(called), ...withExtra(dialect, extra) }
}

/** A call in free text. Elsewhere it is the call of a function whose only parameter is that text. */
const decodeCustomCall = (
  id: string,
  { name, fields: custom, path }: Named,
  fields: JsonObject,
): ToolUseBlock => {
  const rest = restOf(custom, ['name', 'input'])
  const input = { input: requireText(custom.input, `${path}.input`) }
  const extra = { ...fields, dialect, type: 'custom', ...(Object.keys(rest).length > 0 && { custom: rest }) }
  return { type: 'tool-use', id, name, input, extra }
}

const decodeFunction = ({ name, fields, path }: Named) => {
  const text = toArgumentsText(fields.arguments, `${path}.arguments`)
  const input = toToolInput(text)
  // A history goes back as it was, byte for byte: providers cache it by its bytes.
  const isExact = text === '' || input.inputText !== undefined || JSON.stringify(input.input) === text
  return { name, ...input, ...(!isExact && { inputText: text }) }
}

/** Some clients send the arguments as the object that they are, or none at all. */
const toArgumentsText = (value: JsonValue | undefined, path: string): string => {
  if (value == null) return ''
  return typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : requireText(value, path)
}
