import { createAgent } from '@gateway/agent'
import { costUsd, type Message } from '@gateway/provider'
import { createNodeTransport } from '@gateway/provider/node'
import { createMemoryStore, createSessionManager, type SessionStore } from '@gateway/session'
import { createSqliteStore } from '@gateway/session/sqlite'
import type { Logger } from 'pino'
import { createContextBudget } from './compose/context-budget.ts'
import { createLive } from './compose/live.ts'
import { logTurnEnd } from './compose/turn-log.ts'
import { createUsageLedger } from './compose/usage-ledger.ts'
import type { Config, StoreConfig } from './config/config.ts'
import type { AppDeps } from './deps.ts'
import { createIds } from './ids.ts'
import { createMetrics } from './metrics/metrics.ts'
import { readPage } from './page-files.ts'
import { version } from './version.ts'

/** A composed gateway: what the app needs, and how to end it. */
export interface Gateway {
  deps: AppDeps
  /**
   * Takes another configuration: what has begun ends under the old one, what comes is served under the new one.
   * @throws ConfigError, and then nothing has changed.
   */
  reload(config: Config): void
  /** Starts no more turns, gives those that run `graceMs`, then ends the streams. What was asked is still answered. */
  drain(graceMs: number): Promise<void>
  /** Writes the last usage, and closes the store and the connections to providers, after the last answer. */
  close(): Promise<void>
}

// How often expired sessions are looked for.
const sweepMs = 60_000

const openStore = (config: StoreConfig): SessionStore =>
  config.kind === 'memory' ? createMemoryStore() : createSqliteStore({ path: config.path })

/**
 * The composition root: the one place that knows every part. Opens the store and ends what an earlier process left
 * running, so that nothing is served before the log tells the truth.
 * @throws ConfigError, SessionError `unavailable` when another process owns the store.
 */
export const compose = async (config: Config, log: Logger): Promise<Gateway> => {
  const transport = createNodeTransport()
  const metrics = createMetrics()
  const live = createLive(config, { transport, metrics, log })
  const { providers, tools, access, settings } = live
  const sessions = createSessionManager<Message>({ store: openStore(config.store) })
  const agent = createAgent({
    providers,
    sessions,
    tools,
    contextBudget: createContextBudget(settings),
    costOf: (provider, model, usage) => costUsd(settings().modelEntry(provider, model), usage),
    onTurnEnd(end) {
      logTurnEnd(log, end)
      metrics.turn(end)
    },
  })
  const interrupted = await agent.recover()
  if (interrupted > 0)
    log.warn({ turns: interrupted }, 'turns of an earlier process were ended as interrupted')

  const usage = createUsageLedger({ record: sessions.record, log })
  const sweep = setInterval(() => {
    sessions.sweep().catch((error: unknown) => log.error({ err: error }, 'sweep'))
  }, sweepMs)
  const closing = new AbortController()
  let ready = true
  const deps: AppDeps = {
    providers,
    sessions,
    tools,
    agent,
    log,
    metrics,
    settings,
    access,
    version,
    isReady: () => ready,
    closing: closing.signal,
    cancelTurn: (key, turnId) => {
      agent
        .cancel(key, turnId)
        .catch((error: unknown) => log.error({ err: error, turn_id: turnId }, 'cancel'))
    },
    recordUsage: usage.add,
    page: readPage,
    newRequestId: createIds('req'),
  }
  return {
    deps,
    reload: live.reload,
    async drain(graceMs) {
      ready = false
      clearInterval(sweep)
      await agent.drain(graceMs)
      closing.abort()
    },
    async close() {
      await usage.flush()
      await Promise.all([sessions.close(), transport.close()])
    },
  }
}
