import type { Operation } from './operation.ts'
import {
  chatAnswerSchema,
  chatChunkSchema,
  chatRequestSchema,
  countAnswerSchema,
  countRequestSchema,
  embeddingsAnswerSchema,
  embeddingsRequestSchema,
  messagesAnswerSchema,
  messagesEvents,
  messagesRequestSchema,
  modelListSchema,
  modelQuerySchema,
  modelSchema,
} from './v1-schema.ts'

const whose = ['x-gateway-request-id', 'x-gateway-provider', 'x-gateway-model', 'x-gateway-attempts']
const answered = [...whose, 'x-gateway-warnings']
const messages = [{ role: 'user', content: 'Hello' }]

const open =
  'The body is open: what is described is what the gateway reads, and all other fields pass to a provider of the same ' +
  'dialect; where the request is translated, what the model cannot take is named in `x-gateway-warnings`. '

/** The contracts of providers, for any model. */
export const v1Operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/chat/completions',
    id: 'createChatCompletion',
    tag: 'Models',
    summary: 'Chat Completions, for any model',
    description:
      `${open}A stream is events without a name, ends with \`data: [DONE]\`, and where it breaks off with an event ` +
      'whose data has `error`.',
    body: { schema: chatRequestSchema, example: { model: 'mock', messages } },
    answers: {
      200: {
        description: 'The answer; a stream where `stream` is true.',
        schema: chatAnswerSchema,
        events: { message: chatChunkSchema },
        headers: answered,
      },
    },
    errorShape: 'chat',
    reference: 'https://platform.openai.com/docs/api-reference/chat/create',
  },
  {
    method: 'post',
    path: '/v1/messages',
    id: 'createMessage',
    tag: 'Models',
    summary: 'Messages, for any model',
    description: `${open}A stream that breaks off ends with an \`error\` event.`,
    headers: ['anthropic-version'],
    body: { schema: messagesRequestSchema, example: { model: 'mock', max_tokens: 1024, messages } },
    answers: {
      200: {
        description: 'The answer; a stream where `stream` is true.',
        schema: messagesAnswerSchema,
        events: messagesEvents,
        headers: ['request-id', ...answered],
      },
    },
    errorShape: 'messages',
    reference: 'https://platform.claude.com/docs/en/api/messages/create',
  },
  {
    method: 'post',
    path: '/v1/messages/count_tokens',
    id: 'countTokens',
    tag: 'Models',
    summary: 'How many tokens a request has',
    description:
      'Asked of the provider where it counts, else counted here, as a model of that name would or about so.',
    headers: ['anthropic-version'],
    body: { schema: countRequestSchema, example: { model: 'mock', messages } },
    answers: {
      200: { description: 'The count.', schema: countAnswerSchema, headers: ['request-id', ...whose] },
    },
    errorShape: 'messages',
    reference: 'https://platform.claude.com/docs/en/api/messages/count_tokens',
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    id: 'createEmbeddings',
    tag: 'Models',
    summary: 'Embeddings, of providers that have them',
    description: 'Both bodies pass as they are, but for the name of the model.',
    body: { schema: embeddingsRequestSchema, example: { model: 'text-embedding-3-small', input: 'Hello' } },
    answers: {
      200: { description: 'The answer of the provider.', schema: embeddingsAnswerSchema, headers: whose },
    },
    errorShape: 'chat',
    reference: 'https://platform.openai.com/docs/api-reference/embeddings/create',
  },
  {
    method: 'get',
    path: '/v1/models',
    id: 'listModels',
    tag: 'Models',
    summary: 'What can be asked for',
    description:
      'All at once in the shape of Chat Completions’ API; page by page, with the query, in that of the Messages API ' +
      'for requests that have `anthropic-version`.',
    headers: ['anthropic-version'],
    query: modelQuerySchema,
    answers: {
      200: { description: 'The models.', schema: modelListSchema, headers: ['x-gateway-request-id'] },
    },
    errorShape: 'either',
  },
  {
    method: 'get',
    path: '/v1/models/:model',
    id: 'getModel',
    tag: 'Models',
    summary: 'One model, also one that is in no list',
    description: 'In either shape, as the list. A slash in the name may stand as it is.',
    headers: ['anthropic-version'],
    answers: {
      200: { description: 'The model.', schema: modelSchema, headers: ['x-gateway-request-id'] },
    },
    errorShape: 'either',
  },
]
