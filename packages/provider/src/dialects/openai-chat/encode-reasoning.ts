import type { CompletionRequest, ReasoningOptions } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { isTagged, ownExtra } from '../extra.ts'
import { quote, type Warnings } from '../warnings.ts'
import type { EncodeContext } from './encode-content.ts'
import { reject } from './encode-options.ts'
import { isReasoningModel, toKnownEffort } from './models.ts'

/** How much the model thinks: in the words in which this dialect was asked, else by an effort. */
export const encodeReasoning = (request: CompletionRequest, context: EncodeContext): JsonObject => {
  const { model, reasoning } = request
  const { warnings, quirks } = context
  if (reasoning === undefined) return {}
  if (quirks.strictReasoning === true && !isReasoningModel(model)) {
    if (reasoning.effort !== 'none') reject('reasoning', model, warnings)
    return {}
  }
  if (isTagged(reasoning, 'openai-chat')) return ownExtra(reasoning, 'openai-chat')
  return { reasoning_effort: encodeEffort(reasoning, model, warnings) }
}

/** This wire has words for an effort and no budget. */
const encodeEffort = (
  { effort, budgetTokens }: ReasoningOptions,
  model: string,
  warnings: Warnings,
): string | undefined => {
  const asked = effort ?? toEffort(budgetTokens)
  if (asked === undefined) return undefined
  if (budgetTokens !== undefined) {
    const message = `reasoning.budgetTokens was sent as the effort "${asked}": OpenAI takes no budget.`
    warnings.add('unsupported-option', message)
  }
  const known = toKnownEffort(model, asked)
  if (known !== asked) {
    const message = `The reasoning effort "${asked}" was sent as "${known}": ${quote(model)} does not take it.`
    warnings.add('unsupported-option', message)
  }
  return known
}

const toEffort = (budget: number | undefined): 'low' | 'medium' | 'high' | undefined => {
  if (budget === undefined) return undefined
  if (budget <= 2048) return 'low'
  return budget <= 8192 ? 'medium' : 'high'
}
