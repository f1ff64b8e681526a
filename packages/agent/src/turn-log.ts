import type { Message } from '@gateway/provider'
import {
  type AppendOptions,
  type EventInput,
  isSessionError,
  type SessionKey,
  type SessionManager,
} from '@gateway/session'
import { AgentError } from './errors.ts'

/** An event of a turn, before it is bound to its turn. */
export type TurnEvent =
  EventInput<Message> extends infer E
    ? E extends { type: string; data: unknown }
      ? Omit<E, 'turnId'>
      : never
    : never

/** Writes a turn's events under its lease. */
export interface TurnLog {
  /**
   * Atomic. @throws AgentError `session-gone` or `fenced`, after which nothing more can be written, and
   * SessionError `limit` or `unavailable`.
   */
  append(events: readonly TurnEvent[], options?: Pick<AppendOptions, 'ledger' | 'idempotency'>): Promise<void>
}

/** The log of one turn; each event that goes through it carries the turn's id and fence. */
export const createTurnLog = (options: {
  sessions: SessionManager<Message>
  key: SessionKey
  turnId: string
  fence: number
}): TurnLog => ({
  async append(events, extra) {
    const { sessions, key, turnId, fence } = options
    const bound = events.map((event) => ({ ...event, turnId }) as EventInput<Message>)
    try {
      const result = await sessions.append(key, bound, { ...extra, fence })
      if (result.status === 'missing') {
        throw new AgentError(
          'session-gone',
          `Session ${key.id} is gone, so turn ${turnId} has no log any more.`,
        )
      }
    } catch (error) {
      if (isSessionError(error) && error.code === 'fenced') {
        throw new AgentError('fenced', `Turn ${turnId} lost its lease on session ${key.id}.`, {
          cause: error,
        })
      }
      throw error
    }
  },
})
