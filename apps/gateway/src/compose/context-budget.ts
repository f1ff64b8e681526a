import type { AgentOptions } from '@gateway/agent'
import { getTokenizer } from '@gateway/tokenizer'
import type { AppSettings } from '../deps.ts'

/** How much of a model's window history may fill: what is left beside its answer. Unknown windows are not trimmed. */
export const createContextBudget =
  (settings: () => AppSettings): NonNullable<AgentOptions['contextBudget']> =>
  async ({ provider, model }) => {
    const entry = settings().modelEntry(provider, model)
    if (entry?.contextWindow === undefined) return undefined
    const answer = Math.min(entry.maxOutputTokens ?? 4096, entry.contextWindow / 2)
    return { maxTokens: Math.floor(entry.contextWindow - answer), tokenizer: await getTokenizer(model) }
  }
