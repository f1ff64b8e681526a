import type { TurnReport } from '@gateway/agent'
import type { Logger } from 'pino'

/** One line for each turn: who, how it ended, what it used; with the cause where it failed. Never what was said. */
export const logTurnEnd = (log: Logger, { key, turnId, turn, error }: TurnReport): void => {
  const line = {
    tenant: key.tenant,
    session_id: key.id,
    turn_id: turnId,
    status: turn?.status ?? 'lost',
    model: turn?.model,
    steps: turn?.steps,
    input_tokens: turn?.usage.inputTokens,
    output_tokens: turn?.usage.outputTokens,
    cost_usd: turn?.costUsd ?? null,
    duration_ms: turn?.endedAt === undefined ? undefined : turn.endedAt - turn.startedAt,
    ...(error === undefined ? {} : { err: error }),
  }
  // A user's stop, and a deploy, are no failures; their abort reason rides along as the error all the same.
  const failed = turn === undefined || turn.status === 'failed'
  if (failed) log.warn(line, 'turn')
  else log.info(line, 'turn')
}
