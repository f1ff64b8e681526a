import type { ContentBlock, Message } from '@gateway/provider'
import type { SessionEvent, SessionKey, SessionManager, SessionUsage } from '@gateway/session'
import { finishTurn } from './finish-turn.ts'
import { keepable } from './history.ts'
import { estimate, type TurnResult } from './turn.ts'
import { assistantEvent, createTurnAccount } from './turn-end.ts'
import { createTurnLog, type TurnEvent } from './turn-log.ts'
import type { AgentOptions } from './types.ts'

/** What recovery works with. */
export interface RecoverOptions {
  sessions: SessionManager<Message>
  costOf: NonNullable<AgentOptions['costOf']>
  now: () => number
  newMessageId: () => string
}

/**
 * Ends a turn whose process died: what had been streamed becomes a partial message, tool uses without a result get
 * one that says so, and the turn is `interrupted`. Nothing is run again. False when another owner holds the turn.
 */
export const recoverTurn = async (
  options: RecoverOptions,
  key: SessionKey,
  turnId: string,
): Promise<boolean> => {
  const { sessions } = options
  // An owner of its own: the turn's process may be alive and elsewhere.
  const lease = await sessions.lease(key, `recovery_${options.newMessageId()}`)
  if (lease === undefined) return false
  try {
    const turn = (await sessions.get(key))?.turns.get(turnId)
    if (turn === undefined || turn.status !== 'running') return false
    const events = ((await sessions.read(key, { after: turn.startSeq - 1 })) ?? []).filter(
      (e) => e.turnId === turnId,
    )
    const seen = readTurn(events)
    const { costOf } = options
    const account = createTurnAccount({ key, turnId, provider: seen.provider, model: turn.model, costOf })
    for (const step of seen.steps) account.addStep(step.model ?? turn.model, step.usage)
    const kept = keepable(seen.partial)
    if (seen.partialId !== undefined) account.addStep(turn.model, estimate(undefined, seen.partial))
    const last: TurnEvent[] =
      seen.partialId !== undefined && kept.length > 0
        ? [assistantEvent({ messageId: seen.partialId, content: kept, partial: true })]
        : []
    const result: TurnResult = { outcome: { type: 'turn.interrupted' }, last }
    const log = createTurnLog({ sessions, key, turnId, fence: lease.fence })
    await finishTurn(
      { ...options, key, turnId, log, account, unansweredText: lostResult(seen.startedTools) },
      result,
    )
    return true
  } finally {
    await lease.release()
  }
}

const lostResult = (started: ReadonlySet<string>) => (toolUseId: string) =>
  started.has(toolUseId)
    ? 'The outcome of this call is unknown: the gateway stopped while it ran. It was not run again.'
    : 'This call was not run: the gateway stopped before it.'

interface SeenTurn {
  steps: { model: string | undefined; usage: SessionUsage }[]
  startedTools: Set<string>
  /** Who answered; undefined, and so without a price, when no answer was whole. */
  provider: string | undefined
  /** The message whose deltas have no final form, and its blocks. */
  partialId: string | undefined
  partial: ContentBlock[]
}

const readTurn = (events: readonly SessionEvent[]): SeenTurn => {
  const steps: SeenTurn['steps'] = []
  const startedTools = new Set<string>()
  let provider: string | undefined
  const streamed = new Map<string, Map<number, ContentBlock>>()
  for (const { type, data } of events) {
    if (type === 'tool.started' && typeof data.toolUseId === 'string') startedTools.add(data.toolUseId)
    if (type === 'delta') addDelta(streamed, data)
    if (type === 'message' && typeof data.messageId === 'string') {
      streamed.delete(data.messageId)
      if (typeof data.provider === 'string') provider = data.provider
      if (isUsage(data.usage)) {
        steps.push({ model: typeof data.model === 'string' ? data.model : undefined, usage: data.usage })
      }
    }
  }
  const [partialId, blocks] = [...streamed].at(-1) ?? []
  const partial = blocks === undefined ? [] : [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block)
  return { steps, startedTools, provider, partialId, partial }
}

const addDelta = (streamed: Map<string, Map<number, ContentBlock>>, data: SessionEvent['data']): void => {
  const { messageId, index, kind, text } = data
  if (typeof messageId !== 'string' || typeof index !== 'number' || typeof text !== 'string') return
  const blocks = streamed.get(messageId) ?? new Map<number, ContentBlock>()
  streamed.set(messageId, blocks)
  const block = blocks.get(index)
  if (block?.type === 'text' || block?.type === 'thinking') block.text += text
  else if (kind === 'text' || kind === 'thinking') blocks.set(index, { type: kind, text })
}

const isUsage = (value: unknown): value is SessionUsage =>
  typeof value === 'object' &&
  value !== null &&
  'inputTokens' in value &&
  typeof value.inputTokens === 'number'
