import type { Message } from '@gateway/provider'
import { type SessionKey, type SessionManager, type TurnState, terminalStatus } from '@gateway/session'
import type { RunningTurn } from './run-turn.ts'

/** Waits for a turn of this process by its promise, and for one of another process by the log. */
export const waitForEnd = async (options: {
  sessions: SessionManager<Message>
  key: SessionKey
  turnId: string
  running: RunningTurn | undefined
  signal: AbortSignal | undefined
}): Promise<TurnState | undefined> => {
  const { sessions, key, turnId, running, signal } = options
  signal?.throwIfAborted()
  const isOurs = running?.turnId === turnId
  if (isOurs) await untilDone(running.done, signal)
  const turn = (await sessions.get(key))?.turns.get(turnId)
  // Ours, done, and still running in the log: its end could not be written, and waiting would not change that.
  if (turn === undefined || turn.status !== 'running' || isOurs) return turn
  const stop = new AbortController()
  const following = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal])
  for await (const event of sessions.tail(key, { after: turn.startSeq, signal: following })) {
    if (event.turnId === turnId && terminalStatus[event.type] !== undefined) break
  }
  stop.abort()
  signal?.throwIfAborted()
  return (await sessions.get(key))?.turns.get(turnId)
}

const untilDone = (done: Promise<void>, signal: AbortSignal | undefined): Promise<void> => {
  if (signal === undefined) return done
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  done.then(resolve, reject)
  return promise.finally(() => signal.removeEventListener('abort', onAbort))
}
