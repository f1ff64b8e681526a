import type { Launch } from '../processes.ts'
import type { Scenario } from '../scenarios.ts'

/** Where a run takes place. */
export interface Place {
  /** Where installed peers are kept, from one run to the next. */
  cache: string
  /** A folder of this run: configurations, logs, databases. */
  work: string
  /** The built server of this repository. */
  gateway: string
  upstreamPort: number
  /** Where to write CPU profiles of this repository's server, if anywhere. */
  profiles?: string | undefined
}

/** What stands between the load and the mock. */
export interface Contender {
  name: string
  /** Its version, or why it cannot be measured here. */
  find(place: Place): Promise<{ version: string } | { missing: string }>
  /** How it is started; nothing where the load goes to the mock itself. */
  launch?(port: number, place: Place): Launch
  /** What its clients send besides what every client sends. */
  headers?(scenario: Scenario, place: Place): Record<string, string>
}

/** The key that every client sends, and that gateways with keys know. */
export const clientKey = 'sk-bench-key'
