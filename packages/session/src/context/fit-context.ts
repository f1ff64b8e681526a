import type { Tokenizer } from '@gateway/tokenizer'
import { SessionError } from '../errors.ts'
import { groupHistory, type HistoryUnit, isResultMessage } from '../history.ts'
import type { SessionMessage } from '../types.ts'
import { chooseCut, type Weight } from './choose-cut.ts'
import { createMessageCounter } from './count.ts'

/** Options of `fitContext`. */
export interface FitContextOptions<M extends SessionMessage = SessionMessage> {
  /** Counts the messages of the model that will read them. */
  tokenizer: Pick<Tokenizer, 'countMessages'>
  /** Tokens for the system prompt and all messages. */
  maxTokens: number
  /** The system prompt, where it is not a message. */
  system?: string | undefined
  /** Messages that must stay. Those with the role `system` always do. */
  pinned?: ((message: M) => boolean) | undefined
  /** What share of the tokens is filled after a cut; the smaller, the longer a cut holds. @defaultValue 0.75 */
  fill?: number | undefined
  /**
   * Makes one message of what is left out. It is called with the same messages until the cut moves, so that it may keep its
   * answer; it goes in front of what is kept when it fits there, and undefined leaves it out.
   */
  summarise?: ((dropped: readonly M[]) => Promise<M | undefined>) | undefined
}

/** A history that was fitted. */
export interface FittedContext<M extends SessionMessage = SessionMessage> {
  /** What to send. */
  messages: readonly M[]
  /** Tokens of system prompt and messages. Above `maxTokens` only when what must stay is larger on its own. */
  tokens: number
  /** What was left out, oldest first. Nothing is deleted anywhere. */
  dropped: readonly M[]
  /** Tokens of the system prompt and of the request itself. */
  reservedForSystem: number
}

/**
 * Fits a history into a token budget. Tool uses stay with their results; system and pinned messages and the newest user
 * message always stay; a shortened history starts at a user message. When it overflows it is cut down to `fill` of the
 * budget at once, so that the following requests begin with the same messages and hit the provider's prompt cache.
 */
export async function fitContext<M extends SessionMessage>(
  messages: readonly M[],
  options: FitContextOptions<M>,
): Promise<FittedContext<M>> {
  const { tokenizer, maxTokens, system, fill = 0.75, summarise } = options
  if (!(maxTokens > 0) || !(fill > 0 && fill <= 1)) {
    throw new SessionError(
      'invalid',
      `A budget of ${maxTokens} tokens filled to ${fill} is none: give > 0 and 0 to 1.`,
    )
  }
  const counter = createMessageCounter(tokenizer)
  const isPinned = (message: M) => message.role === 'system' || options.pinned?.(message) === true
  const reserved =
    counter.base + (system === undefined ? 0 : counter.count({ role: 'system', content: system }))

  const units = groupHistory(messages)
  const weights = units.map((unit) => weigh(messages.slice(unit.start, unit.end), isPinned, counter.count))
  const { opening, from } = chooseCut(weights, maxTokens - reserved, fill)

  const kept: M[] = []
  const dropped: M[] = []
  let tokens = reserved
  for (const [index, unit] of units.entries()) {
    const { loose = 0, pinned = 0 } = weights[index] ?? {}
    const stays = index >= from || index === opening || pinned > 0
    if (stays) tokens += loose + pinned
    push(stays ? kept : dropped, messages, unit)
  }
  const summary = dropped.length > 0 ? await summarise?.(dropped) : undefined
  const summaryTokens = summary === undefined ? 0 : counter.count(summary)
  if (summary === undefined || tokens + summaryTokens > maxTokens) {
    return { messages: kept, tokens, dropped, reservedForSystem: reserved }
  }
  // Behind the leading system messages: those are the part of the prompt that a cache holds longest.
  const place = kept.findIndex(({ role }) => role !== 'system')
  const withSummary = kept.toSpliced(place === -1 ? kept.length : place, 0, summary)
  return { messages: withSummary, tokens: tokens + summaryTokens, dropped, reservedForSystem: reserved }
}

function weigh<M extends SessionMessage>(
  unit: readonly M[],
  isPinned: (message: M) => boolean,
  count: (message: M) => number,
): Weight {
  const [first] = unit
  let tokens = 0
  for (const message of unit) tokens += count(message)
  // One pinned message keeps its whole unit: a tool use without its result would be refused.
  if (unit.some(isPinned)) return { loose: 0, pinned: Math.max(1, tokens), opens: false }
  return { loose: tokens, pinned: 0, opens: first?.role === 'user' && !isResultMessage(first) }
}

function push<M>(list: M[], messages: readonly M[], { start, end }: HistoryUnit): void {
  for (const message of messages.slice(start, end)) list.push(message)
}
