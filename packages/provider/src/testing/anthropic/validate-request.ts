import { contentText, type Fields, isFields, toFields, toList, unknownKey } from '../json.ts'
import type { FakeFault } from '../types.ts'
import { formatFaults } from './output-schema.ts'
import { type AnthropicRules, invalid, modelGeneration, newVersion, versions } from './rules.ts'
import { messageFaults } from './validate-messages.ts'

const topLevel = [
  ...['model', 'messages', 'max_tokens', 'cache_control', 'container', 'context_management', 'inference_geo'],
  ...[
    'mcp_servers',
    'metadata',
    'output_config',
    'service_tier',
    'speed',
    'stop_sequences',
    'stream',
    'system',
  ],
  ...['temperature', 'thinking', 'tool_choice', 'tools', 'top_k', 'top_p'],
]

/**
 * Everything that the real API would refuse, in the order in which it would; the first one is its answer.
 * @see https://platform.claude.com/docs/en/api/messages/create
 */
export function* requestFaults(body: unknown, rules: AnthropicRules): Generator<FakeFault> {
  if (rules.version === undefined) yield invalid('anthropic-version: header is required')
  else if (!versions.includes(rules.version)) {
    yield invalid(`anthropic-version: "${rules.version}" is not a valid version`)
  }
  if (!isFields(body)) {
    yield invalid('The request body is not valid JSON')
    return
  }
  const extra = unknownKey(body, topLevel)
  if (extra !== undefined) yield invalid(`${extra}: Extra inputs are not permitted`)
  for (const field of ['model', 'max_tokens', 'messages']) {
    if (body[field] === undefined) yield invalid(`${field}: Field required`)
  }
  if (typeof body.model !== 'string') yield invalid('model: Input should be a valid string')
  if (!Number.isInteger(body.max_tokens)) yield invalid('max_tokens: Input should be a valid integer')
  if (Number(body.max_tokens) < 1) yield invalid('max_tokens: Input should be greater than or equal to 1')
  yield* optionFaults(body, rules)
  yield* toolFaults(body)
  yield* messageFaults(body, rules)
}

function* optionFaults(body: Fields, { version }: AnthropicRules): Generator<FakeFault> {
  for (const field of ['temperature', 'top_p', 'top_k']) {
    const value = body[field]
    if (value === undefined) continue
    if (version === newVersion) yield invalid(`${field}: Extra inputs are not permitted`)
    if (modelGeneration(String(body.model)) > 406 && value !== 1) {
      yield invalid(`\`${field}\` is deprecated for this model.`)
    }
    if (typeof value !== 'number') yield invalid(`${field}: Input should be a valid number`)
    else if (field !== 'top_k' && (value < 0 || value > 1)) yield invalid(`${field}: range: 0..1`)
  }
  for (const stop of toList(body.stop_sequences)) {
    if (typeof stop !== 'string') yield invalid('stop_sequences: Input should be a valid string')
    else if (stop.trim() === '')
      yield invalid('stop_sequences: each stop sequence must contain non-whitespace')
  }
  if (body.stop_sequences !== undefined && !Array.isArray(body.stop_sequences)) {
    yield invalid('stop_sequences: Input should be a valid list')
  }
  const metadata = unknownKey(toFields(body.metadata), ['user_id'])
  if (metadata !== undefined) yield invalid(`metadata.${metadata}: Extra inputs are not permitted`)
  const { system, thinking } = body
  if (system !== undefined && typeof system !== 'string' && !Array.isArray(system)) {
    yield invalid('system: Input should be a valid string or list')
  }
  if (toList(system).some((block) => contentText([block]) === '')) {
    yield invalid('system: text content blocks must be non-empty')
  }
  yield* formatFaults(body.output_config)
  if (isFields(thinking)) yield* thinkingFaults(thinking, body)
}

function* thinkingFaults(thinking: Fields, body: Fields): Generator<FakeFault> {
  const types = ['enabled', 'disabled', 'adaptive', 'between_tools']
  if (!types.includes(String(thinking.type))) {
    yield invalid(
      `thinking: Input tag '${String(thinking.type)}' found using 'type' does not match any of the expected tags`,
    )
  }
  if (thinking.type !== 'disabled' && ['any', 'tool'].includes(String(toFields(body.tool_choice).type))) {
    yield invalid('Thinking may not be enabled when tool_choice forces tool use.')
  }
  if (thinking.type !== 'enabled') return
  const budget = Number(thinking.budget_tokens)
  if (!(budget >= 1024))
    yield invalid('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  if (budget >= Number(body.max_tokens)) {
    yield invalid('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
  if (body.temperature !== undefined && body.temperature !== 1) {
    yield invalid('`temperature` may only be set to 1 when thinking is enabled.')
  }
  yield* toolLoopFaults(toList(body.messages).map(toFields))
}

/** A step whose tools are being answered has begun with thinking, if thinking is enabled now. */
function* toolLoopFaults(messages: readonly Fields[]): Generator<FakeFault> {
  const last = messages.at(-1)
  if (!toList(last?.content).some((block) => toFields(block).type === 'tool_result')) return
  const at = messages.length - 2
  const type = String(toFields(toList(messages[at]?.content)[0]).type)
  if (type === 'thinking' || type === 'redacted_thinking') return
  yield invalid(
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
  )
}

function* toolFaults(body: Fields): Generator<FakeFault> {
  const names: string[] = []
  for (const [at, value] of toList(body.tools).entries()) {
    const tool = toFields(value)
    const name = String(tool.name)
    if (names.includes(name)) yield invalid('tools: Tool names must be unique.')
    names.push(name)
    // A type that is not `custom` names a tool of the provider, whose fields are its own.
    if (tool.type !== undefined && tool.type !== 'custom') continue
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      yield invalid(`tools.${at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    }
    const schema = tool.input_schema
    if (!isFields(schema)) yield invalid(`tools.${at}.custom.input_schema: Field required`)
    else if (schema.type !== 'object')
      yield invalid(`tools.${at}.custom.input_schema.type: Input should be 'object'`)
    const known = ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control', 'input_examples']
    const extra = unknownKey(tool, [...known, 'defer_loading', 'allowed_callers', 'eager_input_streaming'])
    if (extra !== undefined) yield invalid(`tools.${at}.custom.${extra}: Extra inputs are not permitted`)
  }
  const choice = body.tool_choice
  if (choice === undefined) return
  const { type, name } = toFields(choice)
  if (!['auto', 'any', 'tool', 'none'].includes(String(type))) {
    yield invalid(
      `tool_choice: Input tag '${String(type)}' found using 'type' does not match any of the expected tags`,
    )
  }
  if (names.length === 0) yield invalid('tool_choice may only be specified while providing tools.')
  if (type === 'tool' && !names.includes(String(name)))
    yield invalid(`Tool '${String(name)}' not found in provided tools`)
}
