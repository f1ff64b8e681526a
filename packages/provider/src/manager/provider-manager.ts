import { ProviderError } from '../errors.ts'
import { createForward, type Forward } from '../forward/forward.ts'
import { forwardDialects } from '../forward/forward-dialects.ts'
import type { TargetHealth } from '../resilience/health.ts'
import type { ModelRoute } from '../routing/route.ts'
import type { Target } from '../routing/target.ts'
import { targetName } from '../routing/target.ts'
import type { CompletionRequest, CompletionResponse } from '../types/completion.ts'
import type { CallOptions, Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { createAsk } from './ask.ts'
import { bodyHints } from './hints.ts'
import { createRoutes, describeModels, type Route } from './model-table.ts'
import { createPlanner, type ResilienceOptions } from './planner.ts'

/** Who serves a model, and under which name. */
export interface ResolvedModel {
  provider: Provider
  model: string
}

/** Options of {@link createProviderManager}. */
export interface ProviderManagerOptions extends ResilienceOptions {
  /** Registered in this order. */
  providers?: readonly Provider[] | undefined
  /** Model names of the operator's own, and whom each leads to. A target's provider may be registered later. */
  models?: Readonly<Record<string, ModelRoute>> | undefined
  /** Milliseconds since the epoch, for the times of answers. @defaultValue the platform's clock */
  now?: (() => number) | undefined
  /** Makes an id where an answer has none. @defaultValue random */
  generateId?: (() => string) | undefined
}

/** Holds providers, and has each request answered by one that serves its model. */
export interface ProviderManager {
  /** ProviderError `invalid-request` for a name that is empty, holds a slash or is taken. */
  register(provider: Provider): void
  get(name: string): Provider | undefined
  /** In the order of registration. */
  list(): Provider[]
  /** The configured model names. */
  models(): string[]
  /** How each target does that was asked, or that a configured model names. */
  health(): { target: string; health: TargetHealth }[]
  /**
   * Who serves `model`, the first of its targets: first a configured name, then `provider/model` (split at the first
   * slash, if a provider of that name is registered), then the first provider whose `serves` says yes. ProviderError
   * `not-found` otherwise: a model never goes to an arbitrary provider.
   */
  resolve(model: string): ResolvedModel
  /** Asks the targets of the model one after the other until one answers. */
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompletionResponse>
  /**
   * The same for a stream: it settles on the first content. What becomes of a break after that is what the model's
   * route says.
   */
  stream(request: CompletionRequest, options?: CallOptions): Promise<AsyncIterable<StreamEvent>>
  /**
   * Answers a client's request, by whoever serves the model that it names. Where that provider speaks the client's
   * dialect, the client's own bytes go up and the upstream's come down; request and answer are translated otherwise.
   *
   * It rejects, with ProviderError or the abort's reason, while nothing was written to the sink. A streamed answer
   * begins with its first content; after that an upstream's fault is told in the stream and stands in the report.
   */
  forward: Forward
}

/** Makes a manager; without options it is empty. */
export const createProviderManager = (options: ProviderManagerOptions = {}): ProviderManager => {
  const models = new Map(Object.entries(options.models ?? {}))
  const providers = new Map<string, Provider>()
  const planner = createPlanner(options)
  const findRoute = createRoutes(models, providers)

  const register = (provider: Provider) => {
    const { name } = provider
    if (name === '' || name.includes('/')) {
      const message = `A provider cannot be named "${shorten(name)}": give it a name without a slash.`
      throw new ProviderError(message, { code: 'invalid-request' })
    }
    if (providers.has(name)) {
      const message = `A provider named "${shorten(name)}" is registered already: each needs a name of its own.`
      throw new ProviderError(message, { code: 'invalid-request' })
    }
    providers.set(name, provider)
  }

  const route = (model: string): Route => {
    const found = findRoute(model)
    if (found !== undefined) return found
    const message = `No provider serves the model "${shorten(model)}". ${describeModels(models, providers)}`
    throw new ProviderError(message, { code: 'not-found' })
  }
  const providerOf = ({ provider }: Pick<Target, 'provider'>): Provider => {
    const found = providers.get(provider)
    if (found !== undefined) return found
    throw new ProviderError(`No provider is named "${shorten(provider)}".`, { code: 'not-found' })
  }

  for (const provider of options.providers ?? []) register(provider)
  return {
    register,
    get: (name) => providers.get(name),
    list: () => [...providers.values()],
    models: () => [...models.keys()],
    health() {
      const configured = [...models.values()].flatMap(({ targets }) => targets.map(targetName))
      const names = new Set([...configured, ...planner.health.targets()])
      return [...names].map((target) => ({ target, health: planner.health.get(target) }))
    },
    resolve(model) {
      const [target] = route(model).targets
      if (target === undefined) throw new TypeError('A route needs a target.')
      return { provider: providerOf(target), model: target.model }
    },
    ...createAsk({ route, planner, providerOf }),
    forward: createForward({
      plan(model, request) {
        const found = route(model)
        return { plan: planner.plan(found, () => bodyHints(request)), onBreak: found.onBreak }
      },
      providerOf,
      dialects: forwardDialects,
      now: options.now ?? Date.now,
      generateId: options.generateId ?? (() => crypto.randomUUID().replaceAll('-', '')),
    }),
  }
}

/** Names come from clients; a message quotes no more of them than helps. */
const shorten = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}…` : name)
