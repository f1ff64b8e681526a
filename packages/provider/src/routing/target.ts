import type { Timeouts } from '../resilience/timeouts.ts'

/** A model of a provider that may answer, as an operator lists it. */
export interface Target {
  provider: string
  /** As the provider knows it. */
  model: string
  /**
   * Its share of the requests, with the strategy `weighted`.
   * @defaultValue 1
   */
  weight?: number | undefined
  /** Quality, with the strategy `cheapest`: price decides only among targets of one tier, and lower tiers come first. */
  tier?: number | undefined
  /** With the strategy `task`: the tasks that it is meant for. Without any it is meant for all others. */
  tasks?: readonly string[] | undefined
  timeouts?: Timeouts | undefined
}

/** The name under which health is kept: `provider/model`. */
export const targetName = (target: Pick<Target, 'provider' | 'model'>): string =>
  `${target.provider}/${target.model}`
