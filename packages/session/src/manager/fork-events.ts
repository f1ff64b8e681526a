import { createSessionFold } from '../fold/session-fold.ts'
import { danglingToolUses } from '../history.ts'
import type { SessionState } from '../state.ts'
import type { JsonRecord, NewSessionEvent, SessionEvent, SessionKey } from '../types.ts'
import { noUsage } from '../usage.ts'

/** What a fork needs beyond the log's prefix. */
export interface ForkOptions {
  /** The session that is forked. */
  from: SessionKey
  at: number
  newMessageId: () => string
}

/**
 * The events of a fork: the prefix without its deltas, in the same order, made whole. Tool uses whose results lie behind
 * the cut get results that say so, and turns that were cut end `interrupted`, so that the fork can go on at once.
 */
export function forkEvents(prefix: readonly SessionEvent[], options: ForkOptions): NewSessionEvent[] {
  const [created, ...rest] = prefix.filter((event) => event.type !== 'delta')
  if (created === undefined) return []
  const fold = createSessionFold(options.from)
  for (const event of prefix) fold.apply(event)
  const state = fold.snapshot()
  const gaps = findGaps(state, options)
  const copied: NewSessionEvent[] = []
  for (const event of rest) {
    copied.push(withoutPlace(event))
    copied.push(...(gaps.get(event.seq) ?? []))
  }
  copied.push(...interruptedTurns(state, options.at))
  // The life time is the one at the cut: the store takes it from here, not from the updates that were copied.
  const data: JsonRecord = {
    ...created.data,
    ttlMs: state.ttlMs,
    forkOf: options.from.id,
    inheritedSeq: copied.length + 1,
  }
  return [{ type: 'session.created', at: options.at, data }, ...copied]
}

/** Result messages for dangling tool uses, by the seq that they follow. */
function findGaps(
  { messages }: SessionState,
  { at, newMessageId }: ForkOptions,
): Map<number, NewSessionEvent[]> {
  const gaps = new Map<number, NewSessionEvent[]>()
  for (const { index, end, toolUseIds } of danglingToolUses(messages.map(({ message }) => message))) {
    const turnId = messages[index]?.turnId
    const data = {
      messageId: newMessageId(),
      message: { role: 'tool', content: toolUseIds.map(unknownOutcome) },
    }
    const results: NewSessionEvent = { type: 'message', at, data, ...(turnId !== undefined && { turnId }) }
    gaps.set(messages[end - 1]?.seq ?? 0, [results])
  }
  return gaps
}

/** A result in the form that this package knows of its messages: `tool-result` with a `toolUseId`. */
const unknownOutcome = (toolUseId: string): JsonRecord => ({
  type: 'tool-result',
  toolUseId,
  content: 'The outcome is unknown: the conversation was forked before this tool had answered.',
  isError: true,
})

function interruptedTurns({ turns, messages }: SessionState, at: number): NewSessionEvent[] {
  const cut = [...turns.values()].filter((turn) => turn.status === 'running')
  return cut.map(({ id }) => {
    const steps = messages.filter(
      ({ turnId, message }) => turnId === id && message.role === 'assistant',
    ).length
    return { type: 'turn.interrupted', turnId: id, at, data: { usage: { ...noUsage() }, steps } }
  })
}

const withoutPlace = ({ type, turnId, at, data }: SessionEvent): NewSessionEvent => ({
  type,
  at,
  data,
  ...(turnId !== undefined && { turnId }),
})
