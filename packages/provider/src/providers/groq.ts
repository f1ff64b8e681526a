import { lookupModel } from '../catalogue/catalogue.ts'
import type { Provider } from '../types/provider.ts'
import { createChatProvider } from './chat-provider.ts'
import type { ProviderOptions } from './provider-options.ts'

/** Options of {@link createGroq}. */
export interface GroqOptions extends ProviderOptions {
  apiKey: string
  /** @defaultValue `https://api.groq.com/openai/v1` */
  baseURL?: string | undefined
}

/**
 * Models on Groq. Their names are those of many makers, so it serves those that the catalogue knows and the listed ones;
 * a manager finds any other as `groq/<model>`.
 * ProviderError `invalid-request` for a key or base URL that cannot be one.
 *
 * @example
 * const groq = createGroq({ apiKey })
 * await groq.complete({ model: 'openai/gpt-oss-120b', messages: [{ role: 'user', content: 'Hi' }] })
 */
export const createGroq = (options: GroqOptions): Provider =>
  createChatProvider(options, {
    name: 'groq',
    baseURL: 'https://api.groq.com/openai/v1',
    // https://console.groq.com/docs/openai, https://console.groq.com/docs/reasoning
    quirks: {
      maxTokensField: 'max_completion_tokens',
      developerRole: true,
      reasoningField: 'reasoning',
      messageNames: false,
    },
    servesName: (model) => lookupModel('groq', model) !== undefined,
  })
