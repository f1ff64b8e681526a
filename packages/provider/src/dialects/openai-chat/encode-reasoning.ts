import type { CompletionRequest } from '../../types/completion.ts'
import { quote } from '../warnings.ts'
import type { EncodeContext } from './encode-content.ts'
import { reject } from './encode-options.ts'
import { isReasoningModel, toKnownEffort } from './models.ts'

/** How much the model thinks; this wire has words for it and no budget. */
export const encodeEffort = (request: CompletionRequest, context: EncodeContext): string | undefined => {
  const { model, reasoning } = request
  const { warnings, quirks } = context
  const asked = reasoning?.effort ?? toEffort(reasoning?.budgetTokens)
  if (asked === undefined) return undefined
  if (quirks.strictReasoning === true && !isReasoningModel(model)) {
    if (asked !== 'none') reject('reasoning', model, warnings)
    return undefined
  }
  if (reasoning?.budgetTokens !== undefined) {
    const message = `reasoning.budgetTokens was sent as the effort "${asked}": OpenAI takes no budget.`
    warnings.add('unsupported-option', message)
  }
  const effort = toKnownEffort(model, asked)
  if (effort !== asked) {
    const message = `The reasoning effort "${asked}" was sent as "${effort}": ${quote(model)} does not take it.`
    warnings.add('unsupported-option', message)
  }
  return effort
}

const toEffort = (budget: number | undefined): 'low' | 'medium' | 'high' | undefined => {
  if (budget === undefined) return undefined
  if (budget <= 2048) return 'low'
  return budget <= 8192 ? 'medium' : 'high'
}
