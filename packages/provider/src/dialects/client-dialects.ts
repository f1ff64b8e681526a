import type { ClientDialectName } from '../types/message.ts'
import { anthropicClientDialect } from './anthropic-messages/client-dialect.ts'
import type { ClientDialect } from './client-dialect.ts'
import { chatClientDialect } from './openai-chat/client-dialect.ts'

/** Every dialect that a client may speak, by its name. */
export const clientDialects: Readonly<Record<ClientDialectName, ClientDialect>> = {
  'openai-chat': chatClientDialect,
  'anthropic-messages': anthropicClientDialect,
}
