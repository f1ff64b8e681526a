import { isFields, toFields, toList, unknownKey } from '../json.ts'
import type { FakeFault } from '../types.ts'
import { type AnthropicRules, invalid, newVersion } from './rules.ts'

/** The fields of each kind of block; kinds without a list are the provider's own and pass as they are. */
const fieldsOf: Readonly<Record<string, readonly string[] | undefined>> = {
  text: ['type', 'text', 'cache_control', 'citations'],
  image: ['type', 'source', 'cache_control'],
  document: ['type', 'source', 'title', 'context', 'citations', 'cache_control'],
  search_result: undefined,
  tool_use: ['type', 'id', 'name', 'input', 'cache_control', 'caller', 'toolset_name'],
  tool_result: ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'],
  thinking: ['type', 'thinking', 'signature'],
  redacted_thinking: ['type', 'data'],
  compaction: undefined,
  container_upload: undefined,
  fallback: undefined,
  server_tool_use: undefined,
  web_search_tool_result: undefined,
  web_fetch_tool_result: undefined,
  code_execution_tool_result: undefined,
  mcp_tool_use: undefined,
  mcp_tool_result: undefined,
}

/** Where a kind of block may stand, for those that may not stand everywhere. */
const roleOf: Readonly<Record<string, string>> = {
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
  tool_result: 'user',
  image: 'user',
}

/** The faults of one block of a message. */
export function* blockFaults(
  value: unknown,
  path: string,
  role: string,
  rules: AnthropicRules,
): Generator<FakeFault> {
  const block = toFields(value)
  const type = String(block.type)
  if (!Object.hasOwn(fieldsOf, type)) {
    yield invalid(`${path}: Input tag '${type}' found using 'type' does not match any of the expected tags`)
    return
  }
  const known = fieldsOf[type]
  const extra = known && unknownKey(block, known)
  if (extra !== undefined) yield invalid(`${path}.${type}.${extra}: Extra inputs are not permitted`)
  const only = roleOf[type]
  if (only !== undefined && only !== role)
    yield invalid(`${path}: \`${type}\` blocks can only be in \`${only}\` messages`)
  if (type === 'text') yield* textFaults(block.text, path)
  else if (type === 'image') yield* imageFaults(block.source, path)
  else if (type === 'thinking') yield* thinkingFaults(block.thinking, block.signature, path, rules)
  else if (type === 'tool_use') {
    if (typeof block.id !== 'string' || !/^[a-zA-Z0-9_-]+$/.test(block.id)) {
      yield invalid(`${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`)
    }
    if (!isFields(block.input)) yield invalid(`${path}.tool_use.input: Input should be a valid dictionary`)
  } else if (type === 'tool_result') yield* resultFaults(block.content, path)
  if (rules.version === newVersion) {
    if (type === 'document' && role === 'assistant') {
      yield invalid(`${path}: \`document\` blocks are not permitted in \`assistant\` messages`)
    }
    if (type === 'text' && role === 'user' && toList(block.citations).length > 0) {
      yield invalid(`${path}.text.citations: citations are not permitted in \`user\` messages`)
    }
  }
}

function* textFaults(text: unknown, path: string): Generator<FakeFault> {
  if (typeof text !== 'string') yield invalid(`${path}.text.text: Field required`)
  else if (text === '') yield invalid('messages: text content blocks must be non-empty')
  else if (text.trim() === '') yield invalid('messages: text content blocks must contain non-whitespace text')
}

function* imageFaults(value: unknown, path: string): Generator<FakeFault> {
  const source = toFields(value)
  if (source.type === 'url' || source.type === 'file') return
  if (source.type !== 'base64') {
    yield invalid(
      `${path}.image.source: Input tag '${String(source.type)}' does not match any of the expected tags`,
    )
  }
  if (!['image/jpeg', 'image/png', 'image/gif', 'image/webp'].includes(String(source.media_type))) {
    yield invalid(
      `${path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
    )
  }
  if (typeof source.data !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(source.data)) {
    yield invalid(`${path}.image.source.base64.data: invalid base64 data`)
  }
}

/** A signature is an opaque token for exactly the thinking that it came with. */
function* thinkingFaults(
  thinking: unknown,
  signature: unknown,
  path: string,
  { signatures }: AnthropicRules,
): Generator<FakeFault> {
  if (signature === undefined) yield invalid(`${path}.thinking.signature: Field required`)
  const signed = signatures.get(String(signature))
  if (signed === undefined) yield invalid(`${path}: Invalid \`signature\` in \`thinking\` block`)
  else if (signed !== thinking) yield invalid(`${path}: \`thinking\` blocks cannot be modified`)
}

function* resultFaults(content: unknown, path: string): Generator<FakeFault> {
  for (const [at, inner] of toList(content).entries()) {
    const { type, text } = toFields(inner)
    if (type === 'text' && text === '') yield invalid('messages: text content blocks must be non-empty')
    if (!['text', 'image', 'document', 'search_result', 'tool_reference'].includes(String(type))) {
      yield invalid(
        `${path}.tool_result.content.${at}: Input tag '${String(type)}' does not match any of the expected tags`,
      )
    }
  }
  if (content !== undefined && typeof content !== 'string' && !Array.isArray(content)) {
    yield invalid(`${path}.tool_result.content: Input should be a valid string or list`)
  }
}
