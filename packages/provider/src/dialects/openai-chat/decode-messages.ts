import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { Message } from '../../types/message.ts'
import { decodeAssistant } from './decode-assistant.ts'
import { decodeContent } from './decode-parts.ts'
import {
  invalid,
  optionalText,
  requireList,
  requireName,
  requireObject,
  requireWord,
  restOf,
} from './fields.ts'
import { createLegacyCalls, type LegacyCalls } from './legacy-calls.ts'
import { markLast } from './own-fields.ts'

const dialect = 'openai-chat'
const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const

/** The history of a request. */
export const decodeMessages = (value: JsonValue | undefined): Message[] => {
  const list = requireList(value, 'messages', 'messages')
  if (list.length === 0) throw invalid('messages', "'messages' is empty: at least one message is needed.")
  const legacy = createLegacyCalls()
  return list.map((item, at) => {
    const path = `messages[${at}]`
    return decodeMessage(requireObject(item, path), path, legacy)
  })
}

const decodeMessage = (message: JsonObject, path: string, legacy: LegacyCalls): Message => {
  const role = requireWord(message.role, roles, `${path}.role`)
  if (role === 'tool') return decodeResult(message, path)
  if (role === 'function') return decodeFunctionResult(message, path, legacy)
  const name = optionalText(message.name, `${path}.name`)
  if (role === 'assistant') {
    const { content, fields } = decodeAssistant(message, path, legacy)
    return toMessage('assistant', content, name, fields)
  }
  const content = decodeContent(message.content, `${path}.content`)
  const fields = restOf(message, ['role', 'content', 'name'])
  if (role === 'user') return toMessage('user', content, name, fields)
  return toMessage('system', content, name, role === 'developer' ? { ...fields, role } : fields)
}

const toMessage = (
  role: Message['role'],
  content: Message['content'],
  name: string | undefined,
  fields: JsonObject,
): Message => {
  const { cache_control: mark, ...rest } = fields
  return {
    role,
    content: markLast(content, mark),
    ...(name !== undefined && { name }),
    ...(Object.keys(rest).length > 0 && { extra: { dialect, ...rest } }),
  }
}

const decodeResult = (message: JsonObject, path: string): Message => {
  const toolUseId = requireName(message.tool_call_id, `${path}.tool_call_id`)
  const content = message.content == null ? '' : decodeContent(message.content, `${path}.content`)
  return toResult(toolUseId, content, restOf(message, ['role', 'content', 'tool_call_id']))
}

/** The result of a legacy `function_call`, which has no id: it answers the latest call of its name. */
const decodeFunctionResult = (message: JsonObject, path: string, legacy: LegacyCalls): Message => {
  const id = legacy.answer(requireName(message.name, `${path}.name`), path)
  const content = message.content == null ? '' : decodeContent(message.content, `${path}.content`)
  return toResult(id, content, restOf(message, ['role', 'content', 'name']))
}

const toResult = (toolUseId: string, content: Message['content'], fields: JsonObject): Message => {
  const { cache_control: mark, ...rest } = fields
  const isMarkAlone = mark !== undefined && Object.keys(rest).length === 0
  const extra = isMarkAlone ? fields : Object.keys(fields).length > 0 ? { dialect, ...fields } : undefined
  return {
    role: 'tool',
    content: [{ type: 'tool-result', toolUseId, content, ...(extra && { extra }) }],
  }
}
