import { contentText, type Fields, isFields, toFields, toList, unknownKey } from '../json.ts'
import type { FakeFault } from '../types.ts'
import { type AnthropicRules, invalid, modelGeneration, newVersion } from './rules.ts'
import { blockFaults } from './validate-block.ts'

/** A message of which role and content are known to be of the right kind. */
interface Turn {
  role: string
  blocks: Fields[]
}

/** The faults of the conversation: each message by itself, then how they follow each other. */
export function* messageFaults(body: Fields, rules: AnthropicRules): Generator<FakeFault> {
  const messages = body.messages
  if (!Array.isArray(messages) || messages.length === 0) {
    yield invalid('messages: at least one message is required')
    return
  }
  const turns: Turn[] = []
  for (const [at, message] of messages.entries()) {
    const path = `messages.${at}`
    if (!isFields(message)) {
      yield invalid(`${path}: Input should be a valid dictionary`)
      return
    }
    yield* oneMessage(message, path, at === messages.length - 1, rules)
    const { content } = message
    const blocks =
      typeof content === 'string' ? [{ type: 'text', text: content }] : toList(content).map(toFields)
    turns.push({ role: String(message.role), blocks })
  }
  if (turns.find(({ role }) => role !== 'system')?.role !== 'user') {
    yield invalid('messages: first message must use the "user" role')
  }
  yield* pairFaults(turns)
  yield* lastFaults(turns, String(body.model))
}

function* oneMessage(
  message: Fields,
  path: string,
  last: boolean,
  rules: AnthropicRules,
): Generator<FakeFault> {
  const { role, content } = message
  if (role === 'system' && rules.version !== newVersion) {
    yield invalid(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    )
  }
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    yield invalid(`${path}.role: Input should be 'user' or 'assistant'`)
  }
  const extra = unknownKey(message, ['role', 'content'])
  if (extra !== undefined) yield invalid(`${path}.${extra}: Extra inputs are not permitted`)
  if (content === undefined) yield invalid(`${path}.content: Field required`)
  if (typeof content !== 'string' && !Array.isArray(content)) {
    yield invalid(`${path}.content: Input should be a valid string or list`)
  }
  if (content === '' || (Array.isArray(content) && content.length === 0)) {
    if (!(last && role === 'assistant')) {
      yield invalid(
        `${path}: all messages must have non-empty content except for the optional final assistant message`,
      )
    }
  } else if (typeof content === 'string' && content.trim() === '') {
    yield invalid('messages: text content blocks must contain non-whitespace text')
  }
  for (const [at, block] of toList(content).entries()) {
    yield* blockFaults(block, `${path}.content.${at}`, String(role), rules)
  }
}

const idsOf = (turn: Turn | undefined, type: string, key: string): string[] =>
  (turn?.blocks ?? []).filter((block) => block.type === type).map((block) => String(block[key]))

/** Every tool use has one result, in the next message and before anything else in it, and every result its tool use. */
function* pairFaults(turns: readonly Turn[]): Generator<FakeFault> {
  const seen = new Set<string>()
  for (const [at, turn] of turns.entries()) {
    const next = turns[at + 1]
    const uses = idsOf(turn, 'tool_use', 'id')
    for (const id of uses) {
      if (seen.has(id)) yield invalid('messages: `tool_use` ids must be unique')
      seen.add(id)
    }
    const lead = next?.role === 'user' ? next.blocks.findIndex(({ type }) => type !== 'tool_result') : 0
    const answered = idsOf(
      next && { ...next, blocks: lead < 0 ? next.blocks : next.blocks.slice(0, lead) },
      'tool_result',
      'tool_use_id',
    )
    const missing = uses.filter((id) => !answered.includes(id))
    if (missing.length > 0) {
      yield invalid(
        `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      )
    }
    const asked = idsOf(turns[at - 1], 'tool_use', 'id')
    const results = idsOf(turn, 'tool_result', 'tool_use_id')
    for (const [position, id] of results.entries()) {
      const path = `messages.${at}.content.${position}`
      if (!asked.includes(id)) {
        yield invalid(
          `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        )
      }
      if (results.indexOf(id) !== position) {
        yield invalid(
          `${path}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
        )
      }
    }
  }
}

function* lastFaults(turns: readonly Turn[], model: string): Generator<FakeFault> {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  if (modelGeneration(model) >= 406) {
    yield invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }
  const text = contentText(last.blocks.slice(-1))
  if (text !== text.trimEnd())
    yield invalid('messages: final assistant content cannot end with trailing whitespace')
}
