import type { CountableMessage } from '../types.ts'
import { type ContentContext, contentTokens, toolCallTokens } from './content.ts'
import { isRecord, listOf, textOf } from './values.ts'

/** The calls that OpenAI's assistant messages carry beside their content, new and old. */
const callTokens = (context: ContentContext, message: object): number => {
  const { tool_calls: calls, function_call: oldCall } = message as {
    tool_calls?: unknown
    function_call?: unknown
  }
  let tokens = 0
  for (const call of listOf(calls)) {
    if (!isRecord(call)) continue
    const called = isRecord(call.function) ? call.function : isRecord(call.custom) ? call.custom : undefined
    if (called !== undefined) tokens += toolCallTokens(context, called.name, called.arguments ?? called.input)
  }
  if (isRecord(oldCall)) tokens += toolCallTokens(context, oldCall.name, oldCall.arguments)
  return tokens
}

/** What else of a message a model reads: a refusal, and the reasoning that some vendors take back. */
const extraTokens = (context: ContentContext, message: object): number => {
  const { refusal, reasoning_content: reasoning } = message as {
    refusal?: unknown
    reasoning_content?: unknown
  }
  return context.count(textOf(refusal)) + context.count(textOf(reasoning))
}

/** Tokens of one message, its overhead included. */
export const messageTokens = (context: ContentContext, message: CountableMessage): number => {
  const { count, overheads } = context
  let tokens = overheads.message + contentTokens(context, message.content)
  if (overheads.countsRole) tokens += count(textOf(message.role))
  if (overheads.name > 0 && typeof message.name === 'string') tokens += overheads.name + count(message.name)
  return tokens + callTokens(context, message) + extraTokens(context, message)
}

/** Tokens of messages as a request carries them; 0 for none. */
export const messagesTokens = (context: ContentContext, messages: readonly CountableMessage[]): number => {
  if (messages.length === 0) return 0
  let tokens = context.overheads.request
  for (const message of messages) tokens += messageTokens(context, message)
  return tokens
}
