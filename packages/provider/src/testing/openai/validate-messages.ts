import { type Fields, isFields, toFields, toList, unknownKey } from '../json.ts'
import type { FakeFault } from '../types.ts'
import { invalid, maxCallId } from './rules.ts'

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content', 'name'],
  developer: ['role', 'content', 'name'],
  user: ['role', 'content', 'name'],
  assistant: ['role', 'content', 'name', 'refusal', 'audio', 'function_call', 'tool_calls', 'annotations'],
  tool: ['role', 'content', 'name', 'tool_call_id'],
  function: ['role', 'content', 'name'],
}

const partsOf: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
}

/** The faults of the conversation: each message by itself, then how calls and answers follow each other. */
export function* messageFaults(body: Fields): Generator<FakeFault> {
  const messages = body.messages
  if (!Array.isArray(messages) || messages.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
    yield invalid(message, 'messages', 'empty_array')
    return
  }
  for (const [at, message] of messages.entries()) {
    yield* oneMessage(toFields(message), `messages[${at}]`)
  }
  yield* pairFaults(messages.map(toFields))
}

function* oneMessage(message: Fields, path: string): Generator<FakeFault> {
  const role = String(message.role)
  const known = Object.hasOwn(fieldsOf, role) ? fieldsOf[role] : undefined
  if (known === undefined) {
    const text = `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`
    yield invalid(text, `${path}.role`, 'invalid_value')
    return
  }
  const extra = unknownKey(message, known)
  if (extra !== undefined)
    yield invalid(`Unknown parameter: '${path}.${extra}'.`, `${path}.${extra}`, 'unknown_parameter')
  const { content } = message
  const mayBeNull =
    role === 'assistant' && ['tool_calls', 'function_call', 'refusal', 'audio'].some((key) => message[key])
  if ((content === undefined || content === null) && !mayBeNull) {
    yield invalid(`Invalid value for 'content': expected a string, got null.`, `${path}.content`)
  }
  yield* contentFaults(content, role, path)
  if (role === 'tool') yield* idFaults(message.tool_call_id, `${path}.tool_call_id`)
  if (message.tool_calls !== undefined) yield* callFaults(message.tool_calls, path)
}

function* contentFaults(content: unknown, role: string, path: string): Generator<FakeFault> {
  if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content)) {
    const kind = typeof content
    yield invalid(
      `Invalid type for '${path}.content': expected a string or an array, but got ${kind}.`,
      `${path}.content`,
    )
  }
  const allowed = (Object.hasOwn(partsOf, role) ? partsOf[role] : undefined) ?? ['text']
  for (const [at, part] of toList(content).entries()) {
    const { type, text, image_url: image } = toFields(part)
    const where = `${path}.content[${at}]`
    if (!allowed.includes(String(type))) {
      yield invalid(
        `Invalid value: '${String(type)}'. Supported values are: '${allowed.join("', '")}'.`,
        where,
        'invalid_value',
      )
    }
    if (type === 'text' && typeof text !== 'string') {
      yield invalid(
        `Missing required parameter: '${where}.text'.`,
        `${where}.text`,
        'missing_required_parameter',
      )
    }
    if (
      type === 'image_url' &&
      !/^(https?:\/\/|data:image\/[a-z]+;base64,)/.test(String(toFields(image).url))
    ) {
      yield invalid(
        `Invalid '${where}.image_url.url': expected a URL or a base64-encoded image.`,
        where,
        'invalid_value',
      )
    }
  }
}

function* idFaults(id: unknown, path: string): Generator<FakeFault> {
  if (typeof id !== 'string') {
    yield invalid(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter')
  } else if (id.length > maxCallId) {
    const message = `Invalid '${path}': string too long. Expected a string with maximum length ${maxCallId}, but got a string with length ${id.length} instead.`
    yield invalid(message, path, 'string_above_max_length')
  }
}

function* callFaults(calls: unknown, path: string): Generator<FakeFault> {
  if (toList(calls).length === 0) {
    const message = `Invalid '${path}.tool_calls': empty array. Expected an array with minimum length 1.`
    yield invalid(message, `${path}.tool_calls`, 'empty_array')
  }
  for (const [at, value] of toList(calls).entries()) {
    const where = `${path}.tool_calls[${at}]`
    const call = toFields(value)
    yield* idFaults(call.id, `${where}.id`)
    if (call.type === 'custom') continue
    if (call.type !== 'function') {
      yield invalid(
        `Missing required parameter: '${where}.type'.`,
        `${where}.type`,
        'missing_required_parameter',
      )
    }
    const { name, arguments: text } = toFields(call.function)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(name))) {
      const message = `Invalid '${where}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
      yield invalid(message, `${where}.function.name`, 'invalid_value')
    }
    if (typeof text !== 'string') {
      const kind = isFields(text) ? 'an object' : typeof text
      const message = `Invalid type for '${where}.function.arguments': expected a string, but got ${kind} instead.`
      yield invalid(message, `${where}.function.arguments`, 'invalid_type')
    }
  }
}

/** Every call is answered by tool messages right after it, and every tool message answers a call. */
function* pairFaults(messages: readonly Fields[]): Generator<FakeFault> {
  let open: string[] = []
  const unanswered = () =>
    invalid(
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
      'messages',
    )
  for (const [at, message] of messages.entries()) {
    if (message.role === 'tool') {
      const id = String(message.tool_call_id)
      if (!open.includes(id)) {
        const text =
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
        yield invalid(text, `messages.[${at}].role`)
      }
      open = open.filter((waiting) => waiting !== id)
      continue
    }
    if (open.length > 0) yield unanswered()
    open =
      message.role === 'assistant' ? toList(message.tool_calls).map((call) => String(toFields(call).id)) : []
  }
  if (open.length > 0) yield unanswered()
}
