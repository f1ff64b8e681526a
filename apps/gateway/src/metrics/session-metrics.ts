import type { SessionKey } from '@gateway/session'
import { Gauge, type Registry } from 'prom-client'
import { createCounter } from './counter.ts'
import { createHistogram } from './histogram.ts'
import type { Metrics } from './metrics.ts'
import type { ModelLabels } from './model-labels.ts'

/** Milliseconds for which a session counts as active. */
const activeMs = 15 * 60_000

/** Sessions that are remembered as active at most; beyond that the oldest are not counted. */
const maxActive = 100_000

/** Sessions, their messages and their turns. */
export const createSessionMetrics = (
  registry: Registry,
  { labelOf }: ModelLabels,
  now: () => number,
): Pick<Metrics, 'sessionCreated' | 'message' | 'turn'> => {
  const registers = [registry]
  const created = createCounter({ name: 'gateway_sessions_created_total', help: 'New sessions.', registry })
  const messages = createCounter({
    name: 'gateway_messages_total',
    help: 'Messages of users that were accepted into sessions.',
    registry,
  })
  const turns = createCounter({
    name: 'gateway_turns_total',
    help: 'Turns that ended, by model and by how.',
    labelNames: ['model', 'status'],
    registry,
  })
  const lasted = createHistogram({
    name: 'gateway_turn_duration_seconds',
    help: 'From the acceptance of a message to the end of its turn.',
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registry,
  })
  const active = createActive(now)
  new Gauge({
    name: 'gateway_sessions_active',
    help: 'Sessions that were created, or had a message or the end of a turn, within 15 minutes.',
    registers,
    collect() {
      this.set(active.count())
    },
  })
  return {
    sessionCreated(key) {
      created().add()
      active.see(key)
    },
    message(key) {
      messages().add()
      active.see(key)
    },
    turn({ key, turn }) {
      active.see(key)
      turns(turn === undefined ? 'other' : labelOf(turn.model), turn?.status ?? 'lost').add()
      if (turn?.endedAt !== undefined) lasted().observe((turn.endedAt - turn.startedAt) / 1000)
    },
  }
}

const createActive = (now: () => number) => {
  // A map keeps the order in which its keys came: the oldest are in front.
  const seen = new Map<string, number>()
  const forget = (since: number) => {
    for (const [name, at] of seen) {
      if (at > since && seen.size <= maxActive) return
      seen.delete(name)
    }
  }
  return {
    see({ tenant, id }: SessionKey) {
      const name = `${tenant}\u0000${id}`
      seen.delete(name)
      seen.set(name, now())
      if (seen.size > maxActive) forget(now() - activeMs)
    },
    count() {
      forget(now() - activeMs)
      return seen.size
    },
  }
}
