import { costUsd, lookupModel, type Message } from '@gateway/provider'
import type { SessionKey, SessionState, TurnState } from '@gateway/session'
import { AgentError } from './errors.ts'
import { randomId } from './ids.ts'
import { createKeyedMutex } from './keyed-mutex.ts'
import { defaultTurnLimits } from './limits.ts'
import { recoverTurn } from './recover-turn.ts'
import { createTurnRunner, type RunningTurn } from './run-turn.ts'
import type { Agent, AgentOptions, StartTurnOptions, StartTurnResult } from './types.ts'
import { waitForEnd } from './wait-for-end.ts'

const name = (key: SessionKey) => `${key.tenant}\u0000${key.id}`

/** Runs turns over sessions: one at a time for each session, each with exactly one end. */
export const createAgent = (options: AgentOptions): Agent => {
  const { sessions, providers } = options
  const now = options.now ?? Date.now
  const newId = options.generateId ?? randomId
  const costOf =
    options.costOf ??
    ((provider, model, usage) => {
      const entry = lookupModel(provider, model)
      return entry === undefined ? undefined : costUsd(entry, usage)
    })
  const runner = createTurnRunner({
    ...options,
    now,
    newId,
    costOf,
    limits: { ...defaultTurnLimits, ...options.limits },
  })
  const recovery = { sessions, costOf, now, newMessageId: () => newId('msg') }
  const running = new Map<string, RunningTurn>()
  const accepting = createKeyedMutex()
  let draining = false

  const stateOf = async (key: SessionKey, turnId: string): Promise<TurnState | undefined> =>
    (await sessions.get(key))?.turns.get(turnId)

  const attached = async (key: SessionKey, turnId: string): Promise<StartTurnResult> => ({
    status: 'attached',
    turnId,
    afterSeq: ((await stateOf(key, turnId))?.startSeq ?? 1) - 1,
  })

  const accept = async (request: StartTurnOptions): Promise<StartTurnResult> => {
    const { key, idempotency } = request
    const state = await sessions.get(key)
    if (state === undefined) return { status: 'missing' }
    if (idempotency !== undefined) {
      const earlier = await sessions.findIdempotent(key, idempotency.key)
      if (earlier !== undefined) {
        if (earlier.bodyHash !== idempotency.bodyHash) return { status: 'mismatch', turnId: earlier.turnId }
        return attached(key, earlier.turnId)
      }
    }
    if (draining)
      throw new AgentError('shutting-down', 'The server is shutting down and starts no more turns.')
    const busy = running.get(name(key))
    if (busy !== undefined && state.runningTurn === busy.turnId)
      return { status: 'busy', turnId: busy.turnId }
    // Its end is in the log, and only its lease is still being given back.
    await busy?.done
    // A turn that the log calls running, and that nobody runs: its process, or its last write, failed.
    if (
      busy === undefined &&
      state.runningTurn !== undefined &&
      !(await recoverTurn(recovery, key, state.runningTurn))
    ) {
      const still = (await sessions.get(key))?.runningTurn
      if (still !== undefined) return { status: 'busy', turnId: still }
    }
    return start(request, state)
  }

  const start = async (request: StartTurnOptions, state: SessionState<Message>): Promise<StartTurnResult> => {
    const requested = request.model ?? state.model
    // Before anything is written: nobody serves it, nothing is accepted.
    const { provider, model } = providers.resolve(requested)
    const turnId = newId('turn')
    const lease = await sessions.lease(request.key, turnId)
    if (lease === undefined) return { status: 'busy', turnId: (await sessions.get(request.key))?.runningTurn }
    const target = { provider: provider.name, model, requested }
    const accepted = await runner.accept({ request, turnId, lease, target }).catch(async (error: unknown) => {
      await lease.release()
      throw error
    })
    if (accepted.status !== 'started') {
      await lease.release()
      return accepted.status === 'attached' ? attached(request.key, accepted.turnId) : accepted
    }
    const turn = runner.run({ request, turnId, lease, target }, () => running.delete(name(request.key)))
    running.set(name(request.key), turn)
    return accepted
  }

  const stop = async (turn: RunningTurn | undefined, cause: 'cancelled' | 'interrupted'): Promise<void> => {
    turn?.stop(cause)
    await turn?.done
  }

  return {
    startTurn: (request) => accepting.run(name(request.key), () => accept(request)),
    async waitForTurn(key, turnId, signal) {
      return waitForEnd({ sessions, key, turnId, running: running.get(name(key)), signal })
    },
    async cancel(key, turnId) {
      const turn = running.get(name(key))
      if (turn?.turnId === turnId) await stop(turn, 'cancelled')
      return stateOf(key, turnId)
    },
    async cancelRunning(key) {
      // Behind any accept of this session, so that a turn which is about to start is not missed.
      await accepting.run(name(key), () => stop(running.get(name(key)), 'cancelled'))
    },
    running(tenant) {
      if (tenant === undefined) return running.size
      let count = 0
      for (const turn of running.values()) if (turn.key.tenant === tenant) count += 1
      return count
    },
    async recover() {
      let ended = 0
      for (const { key, turnId } of await sessions.unfinished()) {
        if (!running.has(name(key)) && (await recoverTurn(recovery, key, turnId))) ended += 1
      }
      return ended
    },
    async drain(graceMs) {
      draining = true
      const all = () => Promise.all([...running.values()].map((turn) => turn.done))
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, graceMs)
      await Promise.race([all(), late])
      clearTimeout(timer)
      for (const turn of running.values()) turn.stop('interrupted')
      await all()
    },
  }
}
