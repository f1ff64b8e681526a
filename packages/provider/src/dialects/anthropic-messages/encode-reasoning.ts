import type { CompletionRequest, ReasoningOptions } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { isTagged, ownExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { quote, type Warnings } from '../warnings.ts'
import type { WireMessage } from './encode-messages.ts'
import { isAdaptive, thinks } from './models.ts'

/** How the answer's length and its thinking are asked for. */
export interface EncodedReasoning {
  maxTokens: number
  thinking?: JsonObject | undefined
  effort?: string | undefined
}

const dialect = 'anthropic-messages'

type Effort = Exclude<ReasoningOptions['effort'], 'none' | undefined>

const leastBudget = 1024
const budgets: Readonly<Record<Effort, number>> = { minimal: 1024, low: 2048, medium: 8192, high: 24_576 }

/**
 * Thinking as the model takes it: with a budget below `max_tokens` up to Claude 4.6, by effort after it. Where the
 * wire would refuse it (forced tools, a tool loop that began without thinking, an old model), it is left out with a
 * warning. An effort of `none` sends nothing, since models that never think refuse to be told so.
 */
export const encodeReasoning = (
  request: CompletionRequest,
  messages: readonly WireMessage[],
  defaultMaxTokens: number,
  warnings: Warnings,
): EncodedReasoning => {
  const { model, maxTokens, reasoning } = request
  const plain = { maxTokens: maxTokens ?? defaultMaxTokens }
  if (reasoning === undefined) return plain
  if (isTagged(reasoning, dialect)) return { ...plain, ...ownWords(reasoning) }
  if (reasoning.effort === 'none') return plain
  const budget = reasoning.budgetTokens ?? (reasoning.effort && budgets[reasoning.effort])
  if (budget === undefined) return plain
  const obstacle = findObstacle(request, messages)
  if (obstacle !== undefined) {
    warnings.add('unsupported-option', `reasoning is not sent: ${obstacle}.`)
    return plain
  }
  if (isAdaptive(model)) {
    if (reasoning.budgetTokens !== undefined) {
      const message = `reasoning.budgetTokens is not sent: ${quote(model)} takes an effort alone.`
      warnings.add('unsupported-option', message)
    }
    return { ...plain, thinking: { type: 'adaptive' }, effort: toEffort(reasoning, budget) }
  }
  const wanted = Math.max(leastBudget, budget)
  // A limit that the caller did not set makes room for the thinking; one that he set holds, and has room for an answer
  // where he did not set the budget himself.
  const limit = maxTokens ?? Math.max(defaultMaxTokens, wanted + leastBudget)
  const room = reasoning.budgetTokens === undefined ? Math.max(leastBudget, limit - leastBudget) : limit - 1
  const fitting = Math.min(wanted, room)
  if (fitting < budget) {
    const message = `reasoning was asked for with ${fitting} tokens: maxTokens ${limit} has room for no more.`
    warnings.add('unsupported-option', message)
  }
  return { maxTokens: limit, thinking: { type: 'enabled', budget_tokens: fitting } }
}

/** What a client of this dialect said goes on in its words. */
const ownWords = (reasoning: ReasoningOptions): Pick<EncodedReasoning, 'thinking' | 'effort'> => {
  const { thinking, effort } = ownExtra(reasoning, dialect)
  return {
    ...(isJsonObject(thinking) && { thinking }),
    ...(typeof effort === 'string' && { effort }),
  }
}

const findObstacle = (request: CompletionRequest, messages: readonly WireMessage[]): string | undefined => {
  const { model, maxTokens, toolChoice } = request
  if (!thinks(model)) return `${quote(model)} does not think`
  const isForced = toolChoice?.type === 'any' || toolChoice?.type === 'tool'
  if (isForced && (request.tools?.length ?? 0) > 0) return 'a forced tool excludes thinking'
  if (isAdaptive(model)) return undefined
  if (maxTokens !== undefined && maxTokens <= leastBudget) {
    return `maxTokens ${maxTokens} leaves no room for the least budget, ${leastBudget}`
  }
  return isInPlainToolLoop(messages) ? 'the tool use that is being answered came without thinking' : undefined
}

/** Do the messages end with results of a step that did not begin with thinking? The wire refuses thinking there. */
const isInPlainToolLoop = (messages: readonly WireMessage[]): boolean => {
  const [step, answer] = messages.slice(-2)
  if (answer?.content[0]?.type !== 'tool_result') return false
  const first = step?.content[0]?.type
  return first !== 'thinking' && first !== 'redacted_thinking'
}

const toEffort = (reasoning: ReasoningOptions, budget: number): string => {
  if (reasoning.effort !== undefined && reasoning.effort !== 'minimal') return reasoning.effort
  if (budget <= budgets.low) return 'low'
  return budget <= budgets.medium ? 'medium' : 'high'
}
