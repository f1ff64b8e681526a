import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, Message } from '../../types/message.ts'
import { fillIn, takeExtra } from '../extra.ts'
import { toHistory } from '../history.ts'
import {
  type EncodeContext,
  encodeAssistantContent,
  encodeText,
  encodeToolResult,
  encodeUserContent,
} from './encode-content.ts'

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
  for (const step of toHistory(history, context.warnings)) {
    if (step.kind === 'results') {
      append(
        messages,
        'user',
        step.results.map((result) => encodeToolResult(result, context)),
      )
    } else if (step.kind === 'system') {
      prompts.push(...encodeSystem(step.content, context))
    } else {
      const { kind, message, content } = step
      if (message.name !== undefined) {
        context.warnings.add('unsupported-option', 'The "name" of a message is not sent: Anthropic has none.')
      }
      const encode = kind === 'user' ? encodeUserContent : encodeAssistantContent
      const extra = takeExtra(message, 'anthropic-messages', 'a message', context.warnings)
      append(messages, kind, encode(content, context), extra)
    }
  }
  trimPrefill(messages)
  return { system: toSystem(prompts), messages }
}

const encodeSystem = (content: readonly ContentBlock[], context: EncodeContext): JsonObject[] =>
  content.flatMap((block) => {
    if (block.type === 'text') return encodeText(block, context)
    const message = `A block of type ${block.type} was left out: a system prompt takes text alone.`
    context.warnings.add('dropped-block', message)
    return []
  })

/** Adds blocks to the last message of the role, or a new message; no blocks are no message. */
const append = (
  messages: WireMessage[],
  role: WireMessage['role'],
  content: JsonObject[],
  extra: JsonObject = {},
) => {
  if (content.length === 0) return
  const last = messages.at(-1)
  if (last?.role === role) last.content.push(...content)
  else messages.push({ ...fillIn({}, extra), role, content: [...content] })
}

/** The wire refuses a history that ends with white space of the assistant; a prefill works the same without it. */
const trimPrefill = (messages: WireMessage[]) => {
  const last = messages.at(-1)
  const block = last?.content.at(-1)
  if (last?.role !== 'assistant' || block?.type !== 'text' || typeof block.text !== 'string') return
  last.content.splice(-1, 1, { ...block, text: block.text.trimEnd() })
}

const toSystem = (prompts: JsonObject[]): string | JsonObject[] | undefined => {
  const [first, second] = prompts
  if (first === undefined) return undefined
  const isPlain = second === undefined && Object.keys(first).length === 2
  return isPlain && typeof first.text === 'string' ? first.text : prompts
}
