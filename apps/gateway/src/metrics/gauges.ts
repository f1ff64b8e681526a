import type { ProviderManager, TargetHealth } from '@gateway/provider'
import { Gauge, type Registry } from 'prom-client'
import type { ModelLabels } from './model-labels.ts'

/** What is looked at when somebody asks for the metrics. */
export interface GaugeSources {
  health: ProviderManager['health']
  runningTurns(): number
  runningRequests(): number
  /** Streams of sessions that are open. */
  openStreams(): number
}

const states: Readonly<Record<TargetHealth['state'], number>> = { closed: 0, 'half-open': 1, open: 2 }

/** Registers gauges; each reads its source, once somebody has given it. */
export const createGauges = (
  registry: Registry,
  { labelOf }: ModelLabels,
): ((sources: Partial<GaugeSources>) => void) => {
  const sources: Partial<GaugeSources> = {}
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read() ?? 0)
      },
    })
  gauge('gateway_turns_running', 'Turns that run in this process.', () => sources.runningTurns?.())
  gauge('gateway_requests_running', 'Requests under /v1 that are being answered, streams included.', () =>
    sources.runningRequests?.(),
  )
  gauge('gateway_session_streams_open', 'Open streams of sessions.', () => sources.openStreams?.())
  new Gauge({
    name: 'gateway_breaker_state',
    help: 'The breaker of each target: 0 closed, 1 half-open, 2 open. Of models without a label of their own the worst.',
    labelNames: ['provider', 'model'],
    registers,
    collect() {
      this.reset()
      for (const [target, state] of worst(sources.health?.() ?? [], labelOf)) this.set(target, state)
    },
  })
  return (more) => void Object.assign(sources, more)
}

const worst = (targets: ReturnType<ProviderManager['health']>, labelOf: ModelLabels['labelOf']) => {
  const found = new Map<string, [labels: { provider: string; model: string }, state: number]>()
  for (const { target, health } of targets) {
    const slash = target.indexOf('/')
    const labels = { provider: target.slice(0, slash), model: labelOf(target.slice(slash + 1)) }
    const name = `${labels.provider}/${labels.model}`
    found.set(name, [labels, Math.max(states[health.state], found.get(name)?.[1] ?? 0)])
  }
  return found.values()
}
