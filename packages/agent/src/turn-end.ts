import type { ContentBlock, Message, Usage, Warning } from '@gateway/provider'
import {
  addUsage,
  type EventInput,
  type JsonRecord,
  type LedgerRow,
  type MessageData,
  noUsage,
  type SessionKey,
  type SessionUsage,
} from '@gateway/session'
import type { StopCause, TurnError } from './turn-error.ts'
import type { TurnEvent } from './turn-log.ts'
import { toSessionUsage } from './usage.ts'

/** How a turn ends. */
export type TurnOutcome =
  | { type: 'turn.completed'; stopReason: string }
  | { type: 'turn.failed'; error: TurnError }
  | { type: 'turn.cancelled' }
  | { type: 'turn.interrupted' }

/** The outcome of a turn that was stopped from outside. */
export const stoppedOutcome = (cause: StopCause): TurnOutcome => {
  if (cause === 'cancelled') return { type: 'turn.cancelled' }
  if (cause === 'interrupted') return { type: 'turn.interrupted' }
  return {
    type: 'turn.failed',
    error: { type: 'limit_error', code: 'turn_timeout', message: 'The turn took longer than it may.' },
  }
}

/** What a turn has used so far. */
export interface TurnAccount {
  usage(): SessionUsage
  /** Undefined as soon as the price of one step is unknown. */
  costUsd(): number | undefined
  steps(): number
  toolCalls(): number
  addStep(model: string, usage: Usage): void
  /** What was left out of a request or an answer; said once however often it happened. */
  addWarnings(warnings: readonly Warning[]): void
  addToolCalls(count: number): void
  /** The terminal event and the usage row, which are written as one. */
  close(outcome: TurnOutcome, at: number): { event: TurnEvent; ledger: LedgerRow }
}

/** Keeps the books of one turn. */
export const createTurnAccount = (turn: {
  key: SessionKey
  turnId: string
  /** Undefined where it was lost, and with it the price. */
  provider: string | undefined
  model: string
  costOf: (provider: string, model: string, usage: Usage) => number | undefined
}): TurnAccount => {
  const price = (model: string, used: Usage) =>
    turn.provider === undefined ? undefined : turn.costOf(turn.provider, model, used)
  let usage = noUsage()
  let cost = price(turn.model, { inputTokens: 0, outputTokens: 0 })
  let answered = turn.model
  let steps = 0
  let toolCalls = 0
  let estimated = false
  const warnings = new Set<string>()
  return {
    usage: () => usage,
    costUsd: () => cost,
    steps: () => steps,
    toolCalls: () => toolCalls,
    addStep(model, added) {
      // The upstream may name a dated snapshot that the catalogue does not know; the asked name then prices it.
      const stepCost = price(model, added) ?? price(turn.model, added)
      cost = cost === undefined || stepCost === undefined ? undefined : cost + stepCost
      usage = addUsage(usage, toSessionUsage(added))
      answered = model
      steps += 1
      estimated ||= added.estimated === true
    },
    addWarnings(added) {
      for (const { message } of added) warnings.add(message)
    },
    addToolCalls(count) {
      toolCalls += count
    },
    close(outcome, at) {
      const { type, ...rest } = outcome
      const data = {
        usage,
        steps,
        ...(steps > 0 ? { model: answered } : {}),
        ...(cost === undefined ? {} : { costUsd: cost }),
        ...(warnings.size > 0 ? { warnings: [...warnings] } : {}),
        ...rest,
      }
      const ledger: LedgerRow = {
        tenant: turn.key.tenant,
        id: turn.turnId,
        sessionId: turn.key.id,
        model: answered,
        ...(turn.provider === undefined ? {} : { provider: turn.provider }),
        at,
        usage,
        ...(cost === undefined ? {} : { costUsd: cost }),
        ...(estimated ? { estimated } : {}),
      }
      return { event: { type, data } as TurnEvent, ledger }
    },
  }
}

/** The event of a final or partial assistant message. */
export const assistantEvent = (
  data: Omit<MessageData<Message>, 'message'> & { content: ContentBlock[] },
): TurnEvent => {
  const { content, ...rest } = data
  return { type: 'message', data: { ...rest, message: { role: 'assistant', content } } }
}

/** The event of a step's tool results. */
export const toolResultsEvent = (messageId: string, content: ContentBlock[]): TurnEvent => ({
  type: 'message',
  data: { messageId, message: { role: 'tool', content } },
})

/** The events that accept a message. */
export const acceptedEvents = (options: {
  model: string
  messageId: string
  content: string | ContentBlock[]
  /** Kept with `turn.started`, for people who read the log. */
  record: JsonRecord
  metadata?: JsonRecord | undefined
}): TurnEvent[] => {
  const message: Message = { role: 'user', content: options.content }
  const started: EventInput<Message, 'turn.started'>['data'] = {
    model: options.model,
    options: options.record,
    ...(options.metadata === undefined ? {} : { metadata: options.metadata }),
  }
  return [
    { type: 'turn.started', data: started },
    { type: 'message', data: { messageId: options.messageId, message } },
  ]
}
