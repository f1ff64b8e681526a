import type { CatalogueOverrides } from '../catalogue/catalogue.ts'
import { estimateCostUsd, lookupModel } from '../catalogue/catalogue.ts'
import { type Clock, systemClock } from '../resilience/clock.ts'
import { type BreakerOptions, createHealthBook, type HealthBook } from '../resilience/health.ts'
import { defaultRetry, type RetryLimits, type RetryOptions } from '../resilience/policy.ts'
import { type TimeLimits, type Timeouts, toTimeLimits } from '../resilience/timeouts.ts'
import { type AttemptRecord, type Budget, createBudget } from '../resilience/walk.ts'
import type { TaskRule } from '../routing/route.ts'
import { routeBy } from '../routing/router.ts'
import type { Target } from '../routing/target.ts'
import { targetName } from '../routing/target.ts'
import type { Route } from './model-table.ts'

/** How targets are chosen, and how long and how often they are asked. */
export interface ResilienceOptions {
  /** Limits of models and targets that have none of their own. */
  timeouts?: Timeouts | undefined
  retry?: RetryOptions | undefined
  breaker?: BreakerOptions | undefined
  /** Keeps what is known of targets across managers. @defaultValue a book of its own, after `breaker` */
  health?: HealthBook | undefined
  /** What the operator knows of models, for prices and capabilities. */
  catalogue?: CatalogueOverrides | undefined
  /** Hears how each attempt ended. */
  onAttempt?: ((record: AttemptRecord, request: AttemptedRequest) => void) | undefined
  /** @defaultValue the platform's monotonic clock */
  clock?: Clock | undefined
  /** From 0 to 1. @defaultValue `Math.random` */
  random?: (() => number) | undefined
}

/** The request that an attempt was made for. */
export interface AttemptedRequest {
  /** The configured name, where it was one. */
  configuredModel: string | undefined
  /** Counts the attempts of the request from 1. */
  attempt: number
}

/** What a request says that routing may look at. */
export interface RequestHints {
  /** Roughly how long it is, in characters. */
  length: number
  maxTokens: number | undefined
  /** The caller's own `metadata.task`. */
  task: string | undefined
  /** The text of the last user message; only asked for where a rule looks at it. */
  lastText(): string
}

/** What all walks of one request need. */
export interface Plan {
  /** In the order in which they are asked. */
  targets: readonly Target[]
  isConfigured: boolean
  limitsOf(target: Target): TimeLimits
  retry: RetryLimits
  health: HealthBook
  clock: Clock
  random(): number
  budget: Budget
  takesPrefill(target: Target): boolean
  onRecord(record: AttemptRecord): void
}

/** Makes the plans of requests. */
export interface Planner {
  readonly health: HealthBook
  /** `hints` is only called where there is anything to choose between. */
  plan(route: Route, hints: () => RequestHints): Plan
}

const charactersPerToken = 4
const expectedOutputTokens = 500

/** A planner with its memory: health, and whose turn it is. */
export const createPlanner = (options: ResilienceOptions): Planner => {
  const { clock = systemClock, random = Math.random, catalogue, onAttempt } = options
  const health = options.health ?? createHealthBook(clock, options.breaker)
  const retry = { ...defaultRetry, ...withoutGaps(options.retry) }
  const turns = new Map<string, number>()
  const limits = new WeakMap<Route, RouteLimits>()
  const takesPrefill = ({ provider, model }: Target) =>
    lookupModel(provider, model, catalogue)?.capabilities?.prefill === true

  const order = (route: Route, turn: number, hints: RequestHints): Target[] =>
    routeBy(route.strategy, route.targets, {
      health: (target) => health.get(targetName(target)),
      cost: ({ provider, model }) =>
        estimateCostUsd(
          lookupModel(provider, model, catalogue),
          Math.ceil(hints.length / charactersPerToken),
          hints.maxTokens ?? expectedOutputTokens,
        ),
      turn,
      random,
      task: hints.task ?? taskOf(route.taskRules, hints),
    })

  const limitsOfRoute = (route: Route): RouteLimits => {
    const known = limits.get(route)
    if (known !== undefined) return known
    const made = createRouteLimits(route, options)
    limits.set(route, made)
    return made
  }

  const plan: Planner['plan'] = (route, hints) => {
    const { name, targets } = route
    const { totalMs, limitsOf } = limitsOfRoute(route)
    const turn = name === undefined ? 0 : (turns.get(name) ?? 0)
    if (name !== undefined) turns.set(name, turn + 1)
    const ordered = targets.length === 1 ? targets : order(route, turn, hints())
    const budget = createBudget(clock, totalMs)
    return {
      targets: ordered,
      isConfigured: name !== undefined,
      limitsOf,
      retry,
      health,
      clock,
      random,
      budget,
      takesPrefill,
      onRecord: (record) => {
        onAttempt?.(record, { configuredModel: name, attempt: budget.records.indexOf(record) + 1 })
      },
    }
  }
  return { health, plan }
}

/** The times that a route and its targets have. */
interface RouteLimits {
  totalMs: number
  limitsOf(target: Target): TimeLimits
}

const createRouteLimits = (
  { timeouts }: Route,
  { timeouts: general, catalogue }: ResilienceOptions,
): RouteLimits => {
  const known = new Map<Target, TimeLimits>()
  const find = (target: Target): TimeLimits => {
    const firstTokenMs = lookupModel(target.provider, target.model, catalogue)?.firstTokenMs
    const limits = toTimeLimits(target.timeouts, timeouts, general, { firstTokenMs })
    known.set(target, limits)
    return limits
  }
  return {
    totalMs: toTimeLimits(timeouts, general).totalMs,
    limitsOf: (target) => known.get(target) ?? find(target),
  }
}

const taskOf = (rules: readonly TaskRule[], hints: RequestHints): string | undefined => {
  if (rules.length === 0) return undefined
  const text = hints.lastText()
  return rules.find(({ match }) => match.test(text))?.task
}

const withoutGaps = (retry: RetryOptions | undefined): Partial<RetryLimits> => ({
  ...(retry?.attempts !== undefined && { attempts: retry.attempts }),
  ...(retry?.maxRetryAfterMs !== undefined && { maxRetryAfterMs: retry.maxRetryAfterMs }),
})
