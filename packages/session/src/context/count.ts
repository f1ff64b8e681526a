import type { Tokenizer } from '@gateway/tokenizer'
import type { SessionMessage } from '../types.ts'

/** Counts messages one by one, so that each is counted once however often its history is fitted. */
export interface MessageCounter {
  /** What a request costs beyond its messages. */
  base: number
  count(message: SessionMessage): number
}

interface Counts {
  base: number
  known: WeakMap<SessionMessage, number>
}

// Messages of a log never change, which makes their count a fact about the object.
const counts = new WeakMap<Pick<Tokenizer, 'countMessages'>, Counts>()

/** The counter of a tokenizer. Counts are kept as long as the message object lives. */
export function createMessageCounter(tokenizer: Pick<Tokenizer, 'countMessages'>): MessageCounter {
  const { base, known } = counts.get(tokenizer) ?? measure(tokenizer)
  return {
    base,
    count: (message) => {
      const found = known.get(message)
      if (found !== undefined) return found
      const tokens = Math.max(0, tokenizer.countMessages([message]) - base)
      known.set(message, tokens)
      return tokens
    },
  }
}

/** The constant share of a count: what one message costs more than half of two. */
function measure(tokenizer: Pick<Tokenizer, 'countMessages'>): Counts {
  const probe: SessionMessage = { role: 'user', content: 'probe' }
  const base = 2 * tokenizer.countMessages([probe]) - tokenizer.countMessages([probe, probe])
  const fresh = { base: Math.max(0, base), known: new WeakMap<SessionMessage, number>() }
  counts.set(tokenizer, fresh)
  return fresh
}
