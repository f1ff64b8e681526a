import { ProviderError } from '../errors.ts'
import { createForward, type Forward } from '../forward/forward.ts'
import { forwardDialects } from '../forward/forward-dialects.ts'
import type { CompletionRequest, CompletionResponse } from '../types/completion.ts'
import type { CallOptions, Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'

/** A model of a provider, by their names. */
export interface ModelTarget {
  provider: string
  model: string
}

/** Who serves a model, and under which name. */
export interface ResolvedModel {
  provider: Provider
  model: string
}

/** Options of {@link createProviderManager}. */
export interface ProviderManagerOptions {
  /** Registered in this order. */
  providers?: readonly Provider[] | undefined
  /** Model names of the operator's own, and what each stands for. A target's provider may be registered later. */
  aliases?: Readonly<Record<string, ModelTarget>> | undefined
  /** Milliseconds since the epoch, for the times of answers. @defaultValue the platform's clock */
  now?: (() => number) | undefined
  /** Makes an id where an answer has none. @defaultValue random */
  generateId?: (() => string) | undefined
}

/** Holds providers and finds the one that serves a model. */
export interface ProviderManager {
  /** ProviderError `invalid-request` for a name that is empty, holds a slash or is taken. */
  register(provider: Provider): void
  get(name: string): Provider | undefined
  /** In the order of registration. */
  list(): Provider[]
  /**
   * Who serves `model`: first an alias, then `provider/model` (split at the first slash, if a provider of that name is
   * registered), then the first provider whose `serves` says yes. ProviderError `not-found` otherwise: a model never
   * goes to an arbitrary provider.
   */
  resolve(model: string): ResolvedModel
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompletionResponse>
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
  const aliases = new Map(Object.entries(options.aliases ?? {}))
  const providers = new Map<string, Provider>()

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

  const resolve = (model: string): ResolvedModel => {
    const found = findTarget(model, aliases, providers)
    if (found !== undefined) return found
    const message = `No provider serves the model "${shorten(model)}". ${describe(aliases, providers)}`
    throw new ProviderError(message, { code: 'not-found' })
  }

  for (const provider of options.providers ?? []) register(provider)
  return {
    register,
    get: (name) => providers.get(name),
    list: () => [...providers.values()],
    resolve,
    // `async`, so that an unknown model rejects like every other failure of a call.
    async complete(request, callOptions) {
      const { provider, model } = resolve(request.model)
      return await provider.complete({ ...request, model }, callOptions)
    },
    async stream(request, callOptions) {
      const { provider, model } = resolve(request.model)
      return await provider.stream({ ...request, model }, callOptions)
    },
    forward: createForward({
      resolve,
      dialects: forwardDialects,
      now: options.now ?? Date.now,
      generateId: options.generateId ?? (() => crypto.randomUUID().replaceAll('-', '')),
    }),
  }
}

const findTarget = (
  model: string,
  aliases: ReadonlyMap<string, ModelTarget>,
  providers: ReadonlyMap<string, Provider>,
): ResolvedModel | undefined => {
  const alias = aliases.get(model)
  if (alias !== undefined) {
    const provider = providers.get(alias.provider)
    // An alias shadows what has its name, also while its provider is missing: a typo must not change who answers.
    return provider && { provider, model: alias.model }
  }
  const slash = model.indexOf('/')
  const named = slash > 0 ? providers.get(model.slice(0, slash)) : undefined
  if (named !== undefined && slash < model.length - 1)
    return { provider: named, model: model.slice(slash + 1) }
  const serving = [...providers.values()].find((provider) => model !== '' && provider.serves(model))
  return serving && { provider: serving, model }
}

/** What there is instead, for the message of an error: at most 20 names. */
const describe = (
  aliases: ReadonlyMap<string, ModelTarget>,
  providers: ReadonlyMap<string, Provider>,
): string => {
  const names = [
    ...aliases.keys(),
    ...[...providers.values()].flatMap(({ name, models }) => models ?? [`${name}/<model>`]),
  ]
  if (names.length === 0) return 'No provider is configured.'
  const more = names.length > 20 ? ` and ${names.length - 20} more` : ''
  return `There is: ${names.slice(0, 20).join(', ')}${more}.`
}

/** Names come from clients; a message quotes no more of them than helps. */
const shorten = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}…` : name)
