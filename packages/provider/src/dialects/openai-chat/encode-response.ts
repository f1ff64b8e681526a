import type { CompletionResponse } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ClientContext } from '../client-dialect.ts'
import { fillIn, ownExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { readAnswerForm } from './answer-form.ts'
import { encodeMessage } from './encode-answer.ts'
import { toFinishReason } from './stop-reason.ts'
import { encodeUsage } from './usage.ts'

const dialect = 'openai-chat'

/**
 * An answer as a ChatCompletion, so that decoding one and encoding it gives the same JSON again, but for: `null` and
 * absent, which say the same; content of parts, which becomes text and thinking; `content: ''` beside calls or a
 * refusal, which is `null`; arguments, which are the same JSON and the same text where that matters, and `{}` for none;
 * choices after the first; figures of servers that leave reasoning out of the completion.
 */
export const encodeResponse = (response: CompletionResponse, context: ClientContext): JsonObject => {
  const form = readAnswerForm(context.answerForm)
  const { choice, message, created, ...rest } = ownExtra(response, dialect)
  const { logprobs = null, finish_reason: kept, ...ofChoice } = isJsonObject(choice) ? choice : {}
  const answer = encodeMessage(response.content, form)
  const reason = typeof kept === 'string' ? kept : toFinishReason(response.stopReason)
  const wire = {
    index: 0,
    message: fillIn(answer, isJsonObject(message) ? message : {}),
    logprobs,
    finish_reason: form.isLegacy && reason === 'tool_calls' ? 'function_call' : reason,
  }
  const { usage } = response
  // Nobody has figures: a zero would be a lie.
  const isCounted = usage.estimated !== true || usage.inputTokens > 0 || usage.outputTokens > 0
  const body = {
    id: response.id === '' ? context.generateId() : response.id,
    object: 'chat.completion',
    created: typeof created === 'number' ? created : Math.floor(context.now / 1000),
    model: response.model,
    choices: [fillIn(wire, ofChoice)],
    ...(isCounted && { usage: encodeUsage(usage) }),
  }
  return fillIn(body, rest)
}
