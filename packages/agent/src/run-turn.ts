import { isSessionError, type Lease, type SessionKey } from '@gateway/session'
import { isAgentError } from './errors.ts'
import { finishTurn } from './finish-turn.ts'
import type { TurnLimits } from './limits.ts'
import { runTurn, type TurnContext, type TurnResult } from './turn.ts'
import { acceptedEvents, createTurnAccount, stoppedOutcome } from './turn-end.ts'
import { type StopCause, toTurnError } from './turn-error.ts'
import { createTurnLog } from './turn-log.ts'
import type { AgentOptions, StartTurnOptions, StartTurnResult } from './types.ts'

/** A turn that runs in this process. */
export interface RunningTurn {
  readonly key: SessionKey
  readonly turnId: string
  /** Settles, and never rejects, when the terminal event is in the log or cannot be written by this process. */
  readonly done: Promise<void>
  stop(cause: StopCause): void
}

/** A turn that holds its lease. */
export interface LeasedTurn {
  request: StartTurnOptions
  turnId: string
  lease: Lease
  target: TurnContext['target']
}

/** An agent's options with every default in place. */
export interface RunnerOptions
  extends Pick<AgentOptions, 'providers' | 'sessions' | 'tools' | 'contextBudget' | 'onTurnEnd'> {
  now: () => number
  newId: (prefix: 'turn' | 'msg' | 'call') => string
  costOf: NonNullable<AgentOptions['costOf']>
  limits: TurnLimits
}

/** Accepts turns into the log and runs them to their end. */
export interface TurnRunner {
  accept(turn: LeasedTurn): Promise<Extract<StartTurnResult, { status: 'started' | 'attached' | 'missing' }>>
  run(turn: LeasedTurn, onGone: () => void): RunningTurn
}

// While the store is away, the end of a turn is tried again this often; afterwards the next turn or start repairs it.
const retryDelaysMs = [50, 200, 500, 1000, 2000, 4000, 8000]

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Makes the part of an agent that runs turns. */
export const createTurnRunner = (options: RunnerOptions): TurnRunner => {
  const { sessions, limits, now, newId, costOf } = options

  const logOf = ({ request, turnId, lease }: LeasedTurn) =>
    createTurnLog({ sessions, key: request.key, turnId, fence: lease.fence })

  const writeEnd = async (context: TurnContext, result: TurnResult): Promise<void> => {
    const { key, turnId, log, account } = context
    const finish = {
      sessions,
      key,
      turnId,
      log,
      account,
      now,
      newMessageId: () => newId('msg'),
      unansweredText: () => 'The outcome of this call is unknown: the turn ended before its result was kept.',
    }
    for (const delay of retryDelaysMs) {
      try {
        return await finishTurn(finish, result)
      } catch (error) {
        if (!isSessionError(error) || error.code !== 'unavailable') throw error
        await sleep(delay)
      }
    }
    await finishTurn(finish, result)
  }

  const loop = async (context: TurnContext): Promise<TurnResult> => {
    try {
      return await runTurn(context)
    } catch (error) {
      // The log is lost to this process: there is nowhere to write an end.
      if (isAgentError(error) && error.code !== 'limit') throw error
      const cause = context.signal.aborted ? context.stopCause() : undefined
      const outcome =
        cause === undefined
          ? ({ type: 'turn.failed', error: toTurnError(error) } as const)
          : stoppedOutcome(cause)
      return { outcome, last: [], error }
    }
  }

  const report = async (context: TurnContext, error: unknown): Promise<void> => {
    const { key, turnId } = context
    const turn = await sessions.get(key).then(
      (state) => state?.turns.get(turnId),
      () => undefined, // The store is away; the error that says so is already being reported.
    )
    options.onTurnEnd?.({ key, turnId, turn, error })
  }

  return {
    async accept(turn) {
      const { request, turnId, target } = turn
      const { model: _model, key, content, idempotency, metadata, ...record } = request
      const result = await sessions.append(
        key,
        acceptedEvents({
          model: target.requested,
          messageId: newId('msg'),
          content,
          record: toRecord(record),
          metadata,
        }).map((event) => ({ ...event, turnId })),
        {
          fence: turn.lease.fence,
          ...(idempotency === undefined ? {} : { idempotency: { ...idempotency, turnId } }),
        },
      )
      if (result.status === 'missing') return { status: 'missing' }
      if (result.status === 'duplicate') return { status: 'attached', turnId: result.turnId, afterSeq: 0 }
      return { status: 'started', turnId, afterSeq: (result.events[0]?.seq ?? 1) - 1 }
    },
    run(turn, onGone) {
      const { request, turnId, target } = turn
      const { key } = request
      const controller = new AbortController()
      let stopCause: StopCause | undefined
      const stop = (cause: StopCause) => {
        stopCause ??= cause
        controller.abort(new DOMException(`Turn ${turnId} was stopped: ${stopCause}.`, 'AbortError'))
      }
      const account = createTurnAccount({
        key,
        turnId,
        provider: target.provider,
        model: target.model,
        costOf,
      })
      const context: TurnContext = {
        agent: options,
        limits,
        key,
        turnId,
        target,
        request,
        log: logOf(turn),
        account,
        signal: controller.signal,
        stopCause: () => stopCause,
        newId,
      }
      const timer = setTimeout(() => stop('timeout'), limits.totalMs)
      const live = async (): Promise<void> => {
        let error: unknown
        try {
          const result = await loop(context)
          error = result.error
          await writeEnd(context, result)
          await turn.lease.release()
        } catch (lost) {
          error = lost
        } finally {
          clearTimeout(timer)
          onGone()
        }
        await report(context, error)
      }
      return { key, turnId, done: live(), stop }
    },
  }
}

const toRecord = (options: Pick<StartTurnOptions, 'tools' | 'maxTokens' | 'temperature'>) => ({
  ...(options.tools === undefined ? {} : { tools: [...options.tools] }),
  ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
  ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
})
