import { createChatDialect } from '../dialects/openai-chat/dialect.ts'
import { openaiQuirks } from '../dialects/openai-chat/quirks.ts'
import { toEndpoint, toKey } from '../http/endpoint.ts'
import type { Provider } from '../types/provider.ts'
import { createHttpProvider } from './http-provider.ts'
import { type ProviderOptions, toSpec } from './provider-options.ts'

/** Options of {@link createOpenAI}. */
export interface OpenAIOptions extends ProviderOptions {
  apiKey: string
  /**
   * With `/v1`.
   * @defaultValue `https://api.openai.com/v1`
   */
  baseURL?: string | undefined
  /** Whom a key of several organizations bills. */
  organization?: string | undefined
  project?: string | undefined
}

/**
 * OpenAI's models over Chat Completions. Serves `gpt-*`, `o<digit>*`, `chatgpt-*`, `text-embedding-*`, `ft:*` and the
 * listed models. ProviderError `invalid-request` for a key or base URL that cannot be one.
 *
 * @example
 * const openai = createOpenAI({ apiKey })
 * const answer = await openai.complete({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hi' }] })
 */
export const createOpenAI = (options: OpenAIOptions): Provider => {
  const { name = 'openai', baseURL = 'https://api.openai.com/v1', organization, project } = options
  return createHttpProvider({
    ...toSpec(options),
    name,
    dialect: createChatDialect(openaiQuirks),
    url: toEndpoint(baseURL, '/chat/completions', name),
    embedUrl: toEndpoint(baseURL, '/embeddings', name),
    credentials: {
      authorization: `Bearer ${toKey(options.apiKey, name)}`,
      ...(organization !== undefined && { 'openai-organization': organization }),
      ...(project !== undefined && { 'openai-project': project }),
    },
    headers: options.headers ?? {},
    servesName: (model) => /^(?:gpt-|o\d|chatgpt-|text-embedding-|ft:)/.test(model),
  })
}
