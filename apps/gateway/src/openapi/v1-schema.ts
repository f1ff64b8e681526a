import * as z from 'zod'
import { jsonValue } from '../routes/schema.ts'

/*
 * Bodies under `/v1` are open. These schemas describe what the gateway reads of them; all other fields pass in a relay
 * and become warnings in a translation. Nothing is checked by them: the decoders of the dialects do that.
 */

const object = z.record(z.string(), jsonValue)
const model = z
  .string()
  .optional()
  .describe('Any model, as `name` or `provider/name`; absent = the default of the gateway.')
const stream = z.boolean().nullable().optional()
const number = z.number().nullable().optional()
const count = z.int().nullable().optional()
const openList = z.array(object)

/** `POST /v1/chat/completions`. */
export const chatRequestSchema: z.ZodType = z.looseObject({
  model,
  messages: openList.describe(
    'The conversation: `role`, `content` (text or parts), `tool_calls`, `tool_call_id`.',
  ),
  stream,
  stream_options: object.nullable().optional().describe('`include_usage`: a last chunk with the usage.'),
  max_completion_tokens: count,
  max_tokens: count,
  temperature: number,
  top_p: number,
  top_k: number,
  stop: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .optional(),
  n: count.describe('More than 1 only where the model is served in this dialect.'),
  tools: openList.nullable().optional(),
  tool_choice: z.union([z.string(), object]).nullable().optional(),
  parallel_tool_calls: z.boolean().nullable().optional(),
  response_format: object.nullable().optional().describe('`text`, `json_object` or `json_schema`.'),
  reasoning_effort: z.string().nullable().optional(),
  reasoning: object.nullable().optional(),
  thinking: object.nullable().optional(),
  metadata: object.nullable().optional(),
})

const chatUsage = z.looseObject({
  prompt_tokens: z.int().min(0),
  completion_tokens: z.int().min(0),
  total_tokens: z.int().min(0),
})

/** A whole answer of `POST /v1/chat/completions`. */
export const chatAnswerSchema: z.ZodType = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(z.looseObject({ index: z.int(), message: object, finish_reason: z.string().nullable() })),
  usage: chatUsage.optional(),
})

/** One chunk of its stream. */
export const chatChunkSchema: z.ZodType = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.looseObject({ index: z.int(), delta: object, finish_reason: z.string().nullable().optional() }),
  ),
  usage: chatUsage.nullable().optional(),
})

/** An error in the shape of Chat Completions, also as the data of an event. */
export const chatErrorSchema: z.ZodType = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
    request_id: z.string().optional(),
  }),
})

/** `POST /v1/messages`. */
export const messagesRequestSchema: z.ZodType = z.looseObject({
  model,
  messages: openList.describe('The conversation: `role`, and `content` as text or blocks.'),
  max_tokens: z.int().min(1),
  system: z.union([z.string(), openList]).nullable().optional(),
  stream,
  temperature: number,
  top_p: number,
  top_k: number,
  stop_sequences: z.array(z.string()).nullable().optional(),
  tools: openList.nullable().optional(),
  tool_choice: object.nullable().optional(),
  thinking: object.nullable().optional(),
  output_config: object.nullable().optional().describe('`effort`, and `format` for a JSON Schema.'),
  metadata: object.nullable().optional(),
})

/** A whole answer of `POST /v1/messages`. */
export const messagesAnswerSchema: z.ZodType = z.looseObject({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: openList,
  stop_reason: z.string().nullable(),
  usage: z.looseObject({ input_tokens: z.int().min(0), output_tokens: z.int().min(0) }),
})

/** An error in the shape of Messages, also as the data of an event. */
export const messagesErrorSchema: z.ZodType = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: z.string(), message: z.string() }),
  request_id: z.string().nullable().optional(),
})

const event = <T extends string>(type: T, fields: Record<string, z.ZodType> = {}): z.ZodType =>
  z.looseObject({ type: z.literal(type), ...fields })
const index = z.int().min(0)

/** The events of its stream: the data of each. */
export const messagesEvents: Readonly<Record<string, z.ZodType>> = {
  message_start: event('message_start', { message: object }),
  content_block_start: event('content_block_start', { index, content_block: object }),
  content_block_delta: event('content_block_delta', { index, delta: object }),
  content_block_stop: event('content_block_stop', { index }),
  message_delta: event('message_delta', { delta: object }),
  message_stop: event('message_stop'),
  ping: event('ping'),
  error: messagesErrorSchema,
}

/** `POST /v1/messages/count_tokens`. */
export const countRequestSchema: z.ZodType = z.looseObject({ model, messages: openList })

/** Its answer. */
export const countAnswerSchema: z.ZodType = z.looseObject({ input_tokens: z.int().min(0) })

/** `POST /v1/embeddings`. */
export const embeddingsRequestSchema: z.ZodType = z.looseObject({
  model,
  input: jsonValue.describe('A text, or a list of texts or of tokens, as the provider takes them.'),
})

/** Its answer: the provider's own bytes. */
export const embeddingsAnswerSchema: z.ZodType = z.looseObject({ data: openList })

const chatModel = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int().min(0).describe('Seconds since the epoch; 0 where it is not known.'),
  owned_by: z.string().describe('The provider.'),
})
const messagesModel = z.object({
  type: z.literal('model'),
  id: z.string(),
  display_name: z.string(),
  created_at: z.iso.datetime(),
})

/** `GET /v1/models/:model`. */
export const modelSchema: z.ZodType = z.union([chatModel, messagesModel])

/** `GET /v1/models`: all at once, or a page for requests of the other contract. */
export const modelListSchema: z.ZodType = z.union([
  z.object({ object: z.literal('list'), data: z.array(chatModel) }),
  z.object({
    data: z.array(messagesModel),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  }),
])

/** The query of `GET /v1/models`, for requests that name that other contract's version. */
export const modelQuerySchema: z.ZodObject = z.object({
  limit: z.int().min(1).max(1000).optional(),
  after_id: z.string().optional(),
  before_id: z.string().optional(),
})
