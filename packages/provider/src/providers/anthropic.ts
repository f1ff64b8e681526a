import { lookupModel } from '../catalogue/catalogue.ts'
import { createAnthropicDialect } from '../dialects/anthropic-messages/dialect.ts'
import { toEndpoint, toKey } from '../http/endpoint.ts'
import type { Provider } from '../types/provider.ts'
import { createHttpProvider } from './http-provider.ts'
import { type ProviderOptions, toSpec } from './provider-options.ts'

/** Options of {@link createAnthropic}. */
export interface AnthropicOptions extends ProviderOptions {
  apiKey: string
  /**
   * Without `/v1`.
   * @defaultValue `https://api.anthropic.com`
   */
  baseURL?: string | undefined
  /**
   * The API version of calls that name none in an `anthropic-version` header.
   * @defaultValue `2023-06-01`
   */
  anthropicVersion?: string | undefined
  /**
   * The `max_tokens` of a request without one, by model, since this API demands it. At least 1024 is sent.
   * @defaultValue what the catalogue says that the model can write, else 4096
   */
  defaultMaxTokens?: ((model: string) => number | undefined) | undefined
}

/**
 * Claude over Anthropic's Messages API, or any server that speaks it. Serves `claude-*` and the listed models.
 * ProviderError `invalid-request` for a key or base URL that cannot be one.
 *
 * @example
 * const anthropic = createAnthropic({ apiKey })
 * const answer = await anthropic.complete({ model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hi' }] })
 */
export const createAnthropic = (options: AnthropicOptions): Provider => {
  const { name = 'anthropic', baseURL = 'https://api.anthropic.com' } = options
  const defaultMaxTokens =
    options.defaultMaxTokens ?? ((model) => lookupModel('anthropic', model)?.maxOutputTokens)
  return createHttpProvider({
    ...toSpec(options),
    name,
    dialect: createAnthropicDialect({ defaultMaxTokens, version: options.anthropicVersion }),
    url: toEndpoint(baseURL, '/v1/messages', name),
    countTokensUrl: toEndpoint(baseURL, '/v1/messages/count_tokens', name),
    credentials: { 'x-api-key': toKey(options.apiKey, name) },
    headers: { 'anthropic-version': options.anthropicVersion ?? '2023-06-01', ...options.headers },
    servesName: (model) => model.startsWith('claude-'),
  })
}
