import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, Message } from '../../types/message.ts'
import { fillIn, takeExtra } from '../extra.ts'
import { toHistory } from '../history.ts'
import { quote } from '../warnings.ts'
import {
  type EncodeContext,
  encodeAssistantContent,
  encodeText,
  encodeToolResult,
  encodeUserContent,
} from './encode-content.ts'
import { takesPrefill } from './models.ts'

/** One message of the wire; `content` has at least one block. */
export interface WireMessage extends JsonObject {
  role: 'user' | 'assistant'
  content: JsonObject[]
}

/** The history as this wire takes it. */
export interface EncodedMessages {
  /** A string where it is one plain text, blocks where it is more; `undefined` without a system prompt. */
  system: string | JsonObject[] | undefined
  messages: WireMessage[]
  /** Those that were written as one string, which the wire takes as well. */
  texts: ReadonlySet<WireMessage>
}

/**
 * System prompts from anywhere go to the top, in their order; consecutive messages of one role become one; all results
 * of a step stand first in the user message after it.
 */
export const encodeMessages = (
  system: string | undefined,
  history: readonly Message[],
  context: EncodeContext,
): EncodedMessages => {
  const prompts = system === undefined ? [] : encodeText({ type: 'text', text: system }, context)
  const messages: WireMessage[] = []
  const texts = new Set<WireMessage>()
  let isText = system !== undefined
  for (const step of toHistory(history, context.warnings, 'in the history')) {
    if (step.kind === 'results') {
      append(
        messages,
        'user',
        step.results.map((result) => encodeToolResult(result, context)),
      )
    } else if (step.kind === 'system') {
      isText = typeof step.message.content === 'string'
      prompts.push(...encodeSystem(step.content, context))
    } else {
      const { kind, message, content } = step
      if (message.name !== undefined) {
        context.warnings.add('unsupported-option', 'The "name" of a message is not sent: Anthropic has none.')
      }
      const encode = kind === 'user' ? encodeUserContent : encodeAssistantContent
      const extra = takeExtra(message, 'anthropic-messages', 'a message', context.warnings)
      const blocks = encode(content, context)
      const added = append(messages, kind, blocks, extra)
      if (typeof message.content === 'string' && added?.content.length === 1) texts.add(added)
      else if (added !== undefined) texts.delete(added)
    }
  }
  trimPrefill(messages)
  return { system: toSystem(prompts, isText), messages, texts }
}

const encodeSystem = (content: readonly ContentBlock[], context: EncodeContext): JsonObject[] =>
  content.flatMap((block) => {
    if (block.type === 'text') return encodeText(block, context)
    const message = `A block of type ${block.type} was left out: a system prompt takes text alone.`
    context.warnings.add('dropped-block', message)
    return []
  })

/** Adds blocks to the last message of the role, or a new message, and returns it; no blocks are no message. */
const append = (
  messages: WireMessage[],
  role: WireMessage['role'],
  content: JsonObject[],
  extra: JsonObject = {},
): WireMessage | undefined => {
  if (content.length === 0) return undefined
  const last = messages.at(-1)
  if (last?.role === role) {
    last.content.push(...content)
    return last
  }
  const message = { ...fillIn({}, extra), role, content: [...content] }
  messages.push(message)
  return message
}

/** The wire refuses a history that ends with white space of the assistant; a prefill works the same without it. */
const trimPrefill = (messages: WireMessage[]) => {
  const last = messages.at(-1)
  const block = last?.content.at(-1)
  if (last?.role !== 'assistant' || block?.type !== 'text' || typeof block.text !== 'string') return
  last.content.splice(-1, 1, { ...block, text: block.text.trimEnd() })
}

const toSystem = (prompts: JsonObject[], isText: boolean): string | JsonObject[] | undefined => {
  const [first, second] = prompts
  if (first === undefined) return undefined
  const isPlain = isText && second === undefined && Object.keys(first).length === 2
  return isPlain && typeof first.text === 'string' ? first.text : prompts
}

/**
 * The history with the user's turns that the wire demands: one at its beginning and, for a model that takes no prefill,
 * one at its end. Clients of other wires need not write them, since a system prompt alone is a request there.
 */
export const withUserTurns = (
  messages: readonly WireMessage[],
  { model, warnings }: EncodeContext,
): WireMessage[] => {
  const toTurn = (text: string, why: string): WireMessage => {
    warnings.add('default-applied', `A user message ${quote(text)} was added: ${why}.`)
    return { role: 'user', content: [{ type: 'text', text }] }
  }
  const turns = [...messages]
  if (turns[0]?.role !== 'user') turns.unshift(toTurn('Begin.', 'Anthropic wants the user to begin'))
  if (turns.at(-1)?.role === 'assistant' && !takesPrefill(model)) {
    turns.push(toTurn('Continue.', `${quote(model)} does not go on from an assistant message`))
  }
  return turns
}
