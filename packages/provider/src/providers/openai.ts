import { openaiQuirks } from '../dialects/openai-chat/quirks.ts'
import type { Provider } from '../types/provider.ts'
import { createChatProvider } from './chat-provider.ts'
import type { ProviderOptions } from './provider-options.ts'

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
  const { organization, project } = options
  return createChatProvider(options, {
    name: 'openai',
    baseURL: 'https://api.openai.com/v1',
    quirks: openaiQuirks,
    account: {
      ...(organization !== undefined && { 'openai-organization': organization }),
      ...(project !== undefined && { 'openai-project': project }),
    },
    servesName: (model) => /^(?:gpt-|o\d|chatgpt-|text-embedding-|ft:)/.test(model),
  })
}
