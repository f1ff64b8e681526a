import type { ClientDialectName } from '@gateway/provider'
import { anthropicModels } from './anthropic-models.ts'
import type { ModelsContract } from './models.ts'
import { openaiModels } from './openai-models.ts'

/** What the contract of a dialect is beside the dialect itself: the one place that names them under `/v1`. */
export interface Contract {
  /** Under which names clients look for the id of a request. */
  idHeaders: readonly string[]
  models: ModelsContract
}

/** The contracts that clients know. */
export const contracts: Readonly<Record<ClientDialectName, Contract>> = {
  'openai-chat': { idHeaders: ['x-request-id'], models: openaiModels },
  'anthropic-messages': { idHeaders: ['x-request-id', 'request-id'], models: anthropicModels },
}

/** Which contract a request means: by its path, and where several have that path by what only one of them sends. */
export const contractOf = (
  path: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ClientDialectName => {
  if (path.startsWith('/v1/messages')) return 'anthropic-messages'
  if (path.startsWith('/v1/chat/') || path.startsWith('/v1/embeddings')) return 'openai-chat'
  return headers['anthropic-version'] === undefined ? 'openai-chat' : 'anthropic-messages'
}
