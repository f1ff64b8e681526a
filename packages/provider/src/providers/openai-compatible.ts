import { type ChatQuirks, reasoningFieldAt } from '../dialects/openai-chat/quirks.ts'
import type { Provider } from '../types/provider.ts'
import { createChatProvider } from './chat-provider.ts'
import type { ProviderOptions } from './provider-options.ts'

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
  const { name, baseURL } = options
  const reasoningField = options.quirks?.reasoningField ?? reasoningFieldAt(baseURL)
  const quirks = { ...options.quirks, reasoningField }
  return createChatProvider(options, { name, baseURL, quirks, keyless: true })
}
