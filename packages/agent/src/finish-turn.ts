import type { Message, ToolResultBlock } from '@gateway/provider'
import { danglingToolUses, isSessionError, type SessionKey, type SessionManager } from '@gateway/session'
import { notRun } from './tool-step.ts'
import type { TurnResult } from './turn.ts'
import { type TurnAccount, toolResultsEvent } from './turn-end.ts'
import type { TurnEvent, TurnLog } from './turn-log.ts'

/** What the end of a turn is written with. */
export interface FinishOptions {
  sessions: SessionManager<Message>
  key: SessionKey
  turnId: string
  log: TurnLog
  account: TurnAccount
  now: () => number
  newMessageId: () => string
  /** Why a tool use that nobody answered has no result. */
  unansweredText: (toolUseId: string) => string
}

/**
 * Writes the last messages, the terminal event and the usage row in one append: either all of it is there or the
 * turn is still running for whoever comes next.
 * @throws AgentError `session-gone` or `fenced`, SessionError `unavailable`.
 */
export const finishTurn = async (options: FinishOptions, result: TurnResult): Promise<void> => {
  const { log, account, now } = options
  const { event, ledger } = account.close(result.outcome, now())
  const repaired = await repairs(options, result.last)
  try {
    await log.append([...result.last, ...repaired, event], { ledger })
  } catch (error) {
    if (!isSessionError(error) || (error.code !== 'limit' && error.code !== 'invalid')) throw error
    // A full session, and an answer that cannot be stored, still get their end; the answer is what is given up.
    await log.append([...(await repairs(options, [])), event], { ledger })
  }
}

const repairs = async (options: FinishOptions, last: readonly TurnEvent[]): Promise<TurnEvent[]> => {
  const state = await options.sessions.get(options.key)
  const stored = (state?.messages ?? []).filter((entry) => entry.turnId === options.turnId)
  const coming = last.flatMap((event) => (event.type === 'message' ? [event.data.message] : []))
  const open = danglingToolUses([...stored.map((entry) => entry.message), ...coming])
  // Only the last message of a turn can be without results: every other one was answered before the next step.
  const results = open.flatMap(({ toolUseIds }) =>
    toolUseIds.map((id): ToolResultBlock => notRun(id, options.unansweredText(id))),
  )
  if (results.length === 0) return []
  return [toolResultsEvent(options.newMessageId(), results)]
}
