import type { Timeouts } from '../resilience/timeouts.ts'
import type { ModelRoute, OnBreak, TaskRule } from '../routing/route.ts'
import type { Strategy } from '../routing/router.ts'
import type { Target } from '../routing/target.ts'
import type { Provider } from '../types/provider.ts'

/** Whom a model name leads to. */
export interface Route {
  /** The configured name; bounded, so it may be a label of a metric. Absent where the operator configured none. */
  name: string | undefined
  /** At least one, each of a provider that is registered. */
  targets: readonly Target[]
  strategy: Strategy
  onBreak: OnBreak
  timeouts: Timeouts | undefined
  taskRules: readonly TaskRule[]
}

// Model names come from clients too.
const maxRoutes = 1_000
const longestKept = 256

/**
 * Who serves a model: first a configured name, then `provider/model` (split at the first slash, if a provider of that
 * name is registered), then the first provider whose `serves` says yes. A model that leads where it led before has the
 * same route, so that whatever follows from a route need be found out but once.
 */
export const createRoutes = (
  models: ReadonlyMap<string, ModelRoute>,
  providers: ReadonlyMap<string, Provider>,
): ((model: string) => Route | undefined) => {
  const routes = new Map<string, Route>()
  let registered = 0

  const keep = (model: string, route: Route): Route => {
    if (model.length > longestKept) return route
    if (routes.size >= maxRoutes) routes.clear()
    routes.set(model, route)
    return route
  }
  return (model) => {
    if (providers.size !== registered) routes.clear()
    registered = providers.size
    const known = routes.get(model)
    const configured = models.get(model)
    if (configured === undefined) {
      // A provider may change its mind about what it serves.
      const target = findTarget(model, providers)
      if (target === undefined) return undefined
      return known !== undefined && leadsTo(known, target)
        ? known
        : keep(model, toRoute(undefined, { targets: [target] }))
    }
    if (known !== undefined) return known
    const targets = configured.targets.filter(({ provider }) => providers.has(provider))
    // A configured name shadows what has its name, also while its providers are missing: a typo must not change who
    // answers.
    return targets.length === 0 ? undefined : keep(model, toRoute(model, { ...configured, targets }))
  }
}

const leadsTo = ({ targets }: Route, { provider, model }: Target): boolean =>
  targets[0]?.provider === provider && targets[0].model === model

const toRoute = (name: string | undefined, route: ModelRoute): Route => ({
  name,
  targets: route.targets,
  strategy: route.strategy ?? 'fallback',
  onBreak: route.onBreak ?? 'error',
  timeouts: route.timeouts,
  taskRules: route.taskRules ?? [],
})

const findTarget = (model: string, providers: ReadonlyMap<string, Provider>): Target | undefined => {
  const slash = model.indexOf('/')
  const named = slash > 0 ? providers.get(model.slice(0, slash)) : undefined
  if (named !== undefined && slash < model.length - 1)
    return { provider: named.name, model: model.slice(slash + 1) }
  if (model === '') return undefined
  for (const provider of providers.values()) {
    if (provider.serves(model)) return { provider: provider.name, model }
  }
  return undefined
}

/** What there is, for the message of an error: at most 20 names. */
export const describeModels = (
  models: ReadonlyMap<string, ModelRoute>,
  providers: ReadonlyMap<string, Provider>,
): string => {
  const names = [
    ...models.keys(),
    ...[...providers.values()].flatMap(({ name, models: listed }) => listed ?? [`${name}/<model>`]),
  ]
  if (names.length === 0) return 'No provider is configured.'
  const more = names.length > 20 ? ` and ${names.length - 20} more` : ''
  return `There is: ${names.slice(0, 20).join(', ')}${more}.`
}
