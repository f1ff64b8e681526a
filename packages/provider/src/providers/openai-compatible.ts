import { createChatDialect } from '../dialects/openai-chat/dialect.ts'
import type { ChatQuirks } from '../dialects/openai-chat/quirks.ts'
import { toEndpoint, toKey } from '../http/endpoint.ts'
import type { Provider } from '../types/provider.ts'
import { createHttpProvider } from './http-provider.ts'
import { type ProviderOptions, toSpec } from './provider-options.ts'

/** Options of {@link createOpenAICompatible}. */
export interface OpenAICompatibleOptions extends ProviderOptions {
  name: string
  /** As the server's manual gives it, mostly with `/v1`. */
  baseURL: string
  /** Local servers mostly need none. */
  apiKey?: string | undefined
  /** The models that it serves, and no others. */
  models: readonly string[]
  /** How the server differs. @defaultValue a plain server */
  quirks?: ChatQuirks | undefined
}

/**
 * Any server that speaks Chat Completions: local model servers, clouds, other gateways. Serves the listed models alone.
 * ProviderError `invalid-request` for a key or base URL that cannot be one.
 *
 * @example
 * createOpenAICompatible({ name: 'local', baseURL: 'http://127.0.0.1:11434/v1', models: ['llama4'] })
 */
export const createOpenAICompatible = (options: OpenAICompatibleOptions): Provider => {
  const { name, baseURL, apiKey } = options
  return createHttpProvider({
    ...toSpec(options),
    name,
    dialect: createChatDialect(options.quirks ?? {}),
    url: toEndpoint(baseURL, '/chat/completions', name),
    embedUrl: toEndpoint(baseURL, '/embeddings', name),
    credentials: apiKey === undefined ? {} : { authorization: `Bearer ${toKey(apiKey, name)}` },
    headers: options.headers ?? {},
    servesName: () => false,
  })
}
