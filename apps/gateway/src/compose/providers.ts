import {
  createAnthropic,
  createGroq,
  createMock,
  createOpenAI,
  createProviderManager,
  defaultModel,
  isProviderError,
  type Provider,
  type ProviderManager,
  type Transport,
} from '@gateway/provider'
import { type Config, ConfigError } from '../config.ts'

/** The configured providers, over one transport; the mock only when there are none. */
export const composeProviders = (config: Config, transport: Transport): ProviderManager => {
  const providers: Provider[] = []
  if (config.anthropic !== undefined) providers.push(createAnthropic({ ...config.anthropic, transport }))
  if (config.openai !== undefined) providers.push(createOpenAI({ ...config.openai, transport }))
  if (config.groq !== undefined) providers.push(createGroq({ ...config.groq, transport }))
  return createProviderManager({
    providers: providers.length > 0 ? providers : [createMock({ keepCalls: 0 })],
  })
}

/** The operator's choice, else the first provider's default. @throws ConfigError when nobody serves the choice. */
export const chooseDefaultModel = (config: Config, providers: ProviderManager): string => {
  const chosen = config.defaultModel
  if (chosen === undefined) {
    const first = providers.list()[0]?.name ?? ''
    return defaultModel[first] ?? 'mock'
  }
  try {
    providers.resolve(chosen)
    return chosen
  } catch (error) {
    if (!isProviderError(error)) throw error
    throw new ConfigError(`The configuration cannot be used:\n  GATEWAY_DEFAULT_MODEL: ${error.message}`)
  }
}
