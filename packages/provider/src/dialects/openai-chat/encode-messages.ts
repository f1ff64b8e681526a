import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, Message } from '../../types/message.ts'
import { ownExtra } from '../extra.ts'
import { toHistory } from '../history.ts'
import { encodeAssistant } from './encode-assistant.ts'
import { dropBlock, type EncodeContext, encodeParts, encodeTexts, withRest } from './encode-content.ts'
import { encodeResults } from './encode-results.ts'

/**
 * The history as this wire takes it: the request's system prompt first, other system messages where they stand, one
 * `tool` message for each result directly after the calls.
 */
export const encodeMessages = (
  system: string | undefined,
  history: readonly Message[],
  context: EncodeContext,
): JsonObject[] => {
  const messages: JsonObject[] = system === undefined ? [] : [{ role: 'system', content: system }]
  for (const step of toHistory(history, context.warnings, 'in a step')) {
    if (step.kind === 'results') messages.push(...encodeResults(step.results, context))
    else messages.push(...encoders[step.kind](step.message, step.content, context))
  }
  return messages
}

const encodeSystem = (
  message: Message,
  content: readonly ContentBlock[],
  context: EncodeContext,
): JsonObject[] => {
  const texts = content.flatMap((block) =>
    block.type === 'text' ? [block] : dropBlock(block, 'a system message', context),
  )
  if (texts.length === 0) return []
  const isDeveloper =
    context.quirks.developerRole === true && ownExtra(message, 'openai-chat').role === 'developer'
  const role = isDeveloper ? 'developer' : 'system'
  return [withRest({ role, content: encodeTexts(texts, '\n\n', context) }, message, context)]
}

const encodeUser = (
  message: Message,
  content: readonly ContentBlock[],
  context: EncodeContext,
): JsonObject[] => {
  const [only, second] = content
  const isPlain = second === undefined && only?.type === 'text'
  const body = isPlain ? encodeTexts([only], '', context) : encodeParts(content, context)
  // A message of which nothing is left is none; one that was empty from the start stays what it was.
  return isPlain || body.length > 0 ? [withRest({ role: 'user', content: body }, message, context)] : []
}

const encoders = { system: encodeSystem, user: encodeUser, assistant: encodeAssistant }
