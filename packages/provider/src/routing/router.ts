import type { TargetHealth } from '../resilience/health.ts'
import type { Target } from './target.ts'

/** What a router decides by, beside the targets. Every request has facts of its own, so routers keep no state. */
export interface RoutingFacts {
  health(target: Target): TargetHealth
  /** What the request would cost there, in US dollars; `undefined` where a price is not known. */
  cost(target: Target): number | undefined
  /** How many requests were routed for this model before this one. */
  turn: number
  /** From 0 to 1, a new one at each call. */
  random(): number
  /** What the request is for, where the caller or a rule says so. */
  task?: string | undefined
}

/** Puts targets into the order in which they are asked. Pure: the same targets and facts give the same order. */
export type Router = (targets: readonly Target[], facts: RoutingFacts) => Target[]

/** How the targets of a model are ordered. */
export type Strategy = 'fallback' | 'round-robin' | 'weighted' | 'cheapest' | 'fastest' | 'task'

/** As they are listed. */
const fallback: Router = (targets) => [...targets]

/** Each in turn; the others follow in their order. */
const roundRobin: Router = (targets, { turn }) => {
  const first = targets.length === 0 ? 0 : turn % targets.length
  return [...targets.slice(first), ...targets.slice(0, first)]
}

/** The first by the shares of their weights, the second by the shares among the rest, and so on. */
const weighted: Router = (targets, { random }) => {
  const rest = [...targets]
  const order: Target[] = []
  while (rest.length > 0) {
    const total = rest.reduce((sum, target) => sum + weightOf(target), 0)
    let point = random() * total
    const drawn = rest.findIndex((target) => {
      point -= weightOf(target)
      return point < 0
    })
    // With nothing but weights of 0, and at the edge of rounding, the first that is left.
    order.push(...rest.splice(Math.max(0, drawn), 1))
  }
  return order
}

const weightOf = (target: Target): number => target.weight ?? 1

/** The lowest tier first, the lowest price within it; what has no known price comes last within its tier. */
const cheapest: Router = (targets, { cost }) =>
  sortBy(targets, (target) => [target.tier ?? 0, cost(target) ?? Number.POSITIVE_INFINITY])

/** The shortest time to the first token first. One of which nothing is known yet is tried before the others. */
const fastest: Router = (targets, { health }) =>
  sortBy(targets, (target) => [health(target).firstTokenMs ?? 0])

/** Those meant for the request's task, then those meant for all, then the rest. */
const byTask: Router = (targets, { task }) =>
  sortBy(targets, ({ tasks }) => {
    if (tasks === undefined) return [1]
    return [task !== undefined && tasks.includes(task) ? 0 : 2]
  })

const routers: Readonly<Record<Strategy, Router>> = {
  fallback,
  'round-robin': roundRobin,
  weighted,
  cheapest,
  fastest,
  task: byTask,
}

/**
 * The order of a strategy, with the healthy before those whose breaker is open. Health orders and never removes: if all
 * are open the best one is still asked.
 */
export const routeBy = (strategy: Strategy, targets: readonly Target[], facts: RoutingFacts): Target[] =>
  sortBy(routers[strategy](targets, facts), (target) => [facts.health(target).state === 'open' ? 1 : 0])

/** Stable: what compares equal stays in its order. */
const sortBy = (targets: readonly Target[], rank: (target: Target) => readonly number[]): Target[] =>
  targets
    .map((target) => ({ target, ranks: rank(target) }))
    .sort((one, other) => compare(one.ranks, other.ranks))
    .map(({ target }) => target)

const compare = (one: readonly number[], other: readonly number[]): number => {
  for (const [at, rank] of one.entries()) {
    const than = other[at] ?? 0
    if (rank !== than) return rank < than ? -1 : 1
  }
  return 0
}
