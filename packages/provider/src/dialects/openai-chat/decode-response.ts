import { ProviderError } from '../../errors.ts'
import type { CompletionResponse, StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock } from '../../types/message.ts'
import type { DecodeContext } from '../dialect.ts'
import { withExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { contentPieces, messageFields, toCalls, toContentBlock, toToolUse } from './decode-content.ts'
import { decodeErrorValue, toFaultError } from './decode-error.ts'
import { faultOf, keptReason, toStopReason } from './stop-reason.ts'
import { toUsage } from './usage.ts'
import { type ChatChoice, type ChatMessage, readAnswer } from './wire.ts'

/** The fields of an answer or a chunk that the vocabulary models. */
export const answerFields: readonly string[] = ['id', 'object', 'model', 'choices', 'usage', 'x_groq']

/**
 * The fault of the server's for which an answer stopped, in any of its choices; `undefined` for an answer that is one.
 * Nothing else of it is checked.
 */
export const findFault = ({ choices }: JsonObject, provider: string): ProviderError | undefined => {
  for (const choice of Array.isArray(choices) ? choices : []) {
    if (!isJsonObject(choice)) continue
    // OpenRouter tells of a fault of its provider within the choice.
    if (isJsonObject(choice.error)) return decodeErrorValue(choice.error, provider)
    const { finish_reason: reason } = choice
    const fault = typeof reason === 'string' ? faultOf(reason) : undefined
    if (fault !== undefined) return toFaultError(fault, provider)
  }
  return undefined
}

/** A whole answer of Chat Completions; of several choices the first. */
export const decodeResponse = (body: unknown, context: DecodeContext): CompletionResponse => {
  if (isJsonObject(body) && body.error != null && body.choices == null) {
    throw decodeErrorValue(body, context.provider)
  }
  const answer = readAnswer(body)
  const choice = answer?.choices?.[0]
  // Google answers a prompt that it blocks with a reason to stop, and no message at all.
  const message = choice?.message ?? (choice?.finish_reason ? {} : undefined)
  if (answer === undefined || choice === undefined || message === undefined) {
    throw new ProviderError('The upstream answered with a body that is no completion.', {
      code: 'bad-response',
      provider: context.provider,
    })
  }
  const fault = isJsonObject(body) ? findFault(body, context.provider) : undefined
  if (fault !== undefined) throw fault
  const content = toContent(message, choice.finish_reason === 'length', context)
  const stopReason = toStopReason(choice.finish_reason, {
    hasToolUse: content.some((block) => block.type === 'tool-use'),
    hasRefusal: Boolean(message.refusal),
  })
  return {
    id: answer.id || context.generateId(),
    model: answer.model || context.model,
    content,
    stopReason,
    usage: toUsage(answer.usage ?? answer.x_groq?.usage),
    ...withExtra('openai-chat', {
      ...otherFields(answer, answerFields),
      ...choiceExtra(choice, message, stopReason),
    }),
  }
}

const toContent = (message: ChatMessage, isCut: boolean, context: DecodeContext): ContentBlock[] => {
  const calls = toCalls(message)
  return [
    ...contentPieces(message).map(toContentBlock),
    ...calls.map((call, at) => toToolUse(call, isCut && at === calls.length - 1, context)),
  ]
}

/** What a choice and its message say beside the answer, each under its own key. */
const choiceExtra = (choice: ChatChoice, message: ChatMessage, stopReason: StopReason): JsonObject => {
  const ofChoice = {
    ...otherFields(choice, ['index', 'message', 'delta', 'finish_reason']),
    ...keptReason(choice.finish_reason, stopReason),
  }
  const ofMessage = otherFields(message, messageFields)
  return {
    ...(Object.keys(ofChoice).length > 0 && { choice: ofChoice }),
    ...(Object.keys(ofMessage).length > 0 && { message: ofMessage }),
  }
}
