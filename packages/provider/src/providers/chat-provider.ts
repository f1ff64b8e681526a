import { createChatDialect } from '../dialects/openai-chat/dialect.ts'
import type { ChatQuirks } from '../dialects/openai-chat/quirks.ts'
import { toEndpoint, toKey } from '../http/endpoint.ts'
import type { Provider } from '../types/provider.ts'
import { createHttpProvider } from './http-provider.ts'
import { type ProviderOptions, toSpec } from './provider-options.ts'

/** A server that speaks Chat Completions, as data. */
export interface ChatServer {
  /** Its name where the options give none. */
  name: string
  /** Its base URL where the options give none; as its manual gives it, mostly with `/v1`. */
  baseURL: string
  /** How it differs. @defaultValue a plain server */
  quirks?: ChatQuirks | undefined
  /** Headers beside the key that say who pays; no call replaces them. */
  account?: Readonly<Record<string, string>> | undefined
  /** Does it work without a key? @defaultValue false */
  keyless?: boolean | undefined
  /** Does it serve a model that is not listed? @defaultValue no */
  servesName?: ((model: string) => boolean) | undefined
}

/** Options of a {@link ChatServer}. */
export interface ChatServerOptions extends ProviderOptions {
  apiKey?: string | undefined
  baseURL?: string | undefined
}

/** A provider over Chat Completions. ProviderError `invalid-request` for a key or base URL that cannot be one. */
export const createChatProvider = (options: ChatServerOptions, server: ChatServer): Provider => {
  const { name = server.name, baseURL = server.baseURL, apiKey = '' } = options
  const { quirks = {}, account, keyless = false, servesName = () => false } = server
  const isOpen = keyless && options.apiKey === undefined
  return createHttpProvider({
    ...toSpec(options),
    name,
    dialect: createChatDialect(quirks),
    url: toEndpoint(baseURL, '/chat/completions', name),
    embedUrl: toEndpoint(baseURL, '/embeddings', name),
    streamUsage: quirks.streamUsage,
    credentials: { ...(!isOpen && { authorization: `Bearer ${toKey(apiKey, name)}` }), ...account },
    headers: options.headers ?? {},
    servesName,
  })
}
