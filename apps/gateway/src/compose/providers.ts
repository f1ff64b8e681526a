import {
  createAnthropic,
  createGroq,
  createMock,
  createOpenAI,
  createOpenAICompatible,
  createProviderManager,
  defaultModel,
  type HealthBook,
  isProviderError,
  type Provider,
  type ProviderManager,
  type ProviderManagerOptions,
  type Transport,
} from '@gateway/provider'
import { toPath } from '../config/check.ts'
import type { Config, ProviderConfig } from '../config/config.ts'
import { ConfigError, type Fault } from '../config/config-error.ts'

/** What providers are made with, beside their configuration. */
export interface ProviderParts {
  transport: Transport
  /** Outlives the configuration. @defaultValue a new one */
  health?: HealthBook | undefined
  onAttempt?: ProviderManagerOptions['onAttempt']
}

/**
 * The configured providers and models, over one transport; the mock only when there are no others.
 * @throws ConfigError for what the configuration's schema cannot see.
 */
export const composeProviders = (config: Config, parts: ProviderParts): ProviderManager => {
  const faults: Fault[] = []
  const providers = config.providers.flatMap((entry) => {
    try {
      return [createProvider(entry, parts.transport)]
    } catch (error) {
      faults.push({ path: toPath(['providers', entry.name]), message: messageOf(error) })
      return []
    }
  })
  const manager = createProviderManager({
    providers: providers.length > 0 ? providers : [createMock({ keepCalls: 0 })],
    models: config.models,
    timeouts: config.timeouts,
    retry: config.retry,
    breaker: config.breaker,
    catalogue: config.catalogue,
    health: parts.health,
    onAttempt: parts.onAttempt,
  })
  for (const [index, { models = [] }] of config.keys.entries()) {
    for (const model of models) {
      const message = whyUnserved(manager, model)
      if (message !== undefined) faults.push({ path: toPath(['keys', index, 'models']), message })
    }
  }
  const { defaultModel: chosen } = config
  const message = chosen === undefined ? undefined : whyUnserved(manager, chosen)
  if (message !== undefined) faults.push({ path: 'defaultModel (GATEWAY_DEFAULT_MODEL)', message })
  if (faults.length > 0) throw new ConfigError(faults, config.file)
  return manager
}

const createProvider = (entry: ProviderConfig, transport: Transport): Provider => {
  switch (entry.type) {
    case 'anthropic':
      return createAnthropic({ ...entry, transport })
    case 'openai':
      return createOpenAI({ ...entry, transport })
    case 'groq':
      return createGroq({ ...entry, transport })
    case 'openai-compatible':
      return createOpenAICompatible({ ...entry, transport })
    case 'mock':
      return createMock({ ...entry, keepCalls: 0 })
  }
}

/** The operator's choice, else what the first provider has: the usual model of its kind, or the first that it lists. */
export const chooseDefaultModel = ({ defaultModel: chosen, providers }: Config): string => {
  if (chosen !== undefined) return chosen
  for (const { name, type, models = [] } of providers) {
    const usual = defaultModel[type]
    // Under another name it may stand behind one that serves the same model.
    if (usual !== undefined) return name === type ? usual : `${name}/${usual}`
    const [listed] = models
    if (listed !== undefined) return `${name}/${listed}`
  }
  return 'mock'
}

const whyUnserved = (manager: ProviderManager, model: string): string | undefined => {
  try {
    manager.resolve(model)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown): string => {
  if (isProviderError(error)) return error.message
  throw error
}
