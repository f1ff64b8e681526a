import * as z from 'zod'
import { jsonValue } from '../routes/schema.ts'
import type { WireBlock, WireMessage, WireSession, WireTurn, WireUsage } from '../wire/shapes.ts'

/*
 * What `/api` answers with, for the document. The types hold these schemas to `wire/shapes.ts`, and a test holds real
 * answers to these schemas. None of them is used to make an answer.
 */

const time = z.iso.datetime().describe('RFC 3339 in UTC.')
const count = z.int().min(0)
const strings = z.array(z.string())
const object = z.record(z.string(), jsonValue)
const cursor = z.string().nullable().describe('For `cursor` of the next page; null at the end.')

/** {@link WireUsage}. */
export const usageSchema: z.ZodType<WireUsage> = z.object({
  input_tokens: count.describe('All that was read, cached tokens included.'),
  output_tokens: count,
  cache_read_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count.describe('Part of the output.'),
})

const sourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.object({ kind: z.literal('url'), url: z.string() }),
])

/** {@link WireBlock}. */
export const blockSchema: z.ZodType<WireBlock> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.enum(['image', 'document', 'audio']), source: sourceSchema }),
    z.object({ type: z.literal('thinking'), text: z.string(), signature: z.string().exactOptional() }),
    z.object({
      type: z.literal('tool_use'),
      id: z.string(),
      name: z.string(),
      input: object,
      input_text: z.string().exactOptional().describe('What the model wrote where it was no JSON object.'),
    }),
    z.object({
      type: z.literal('tool_result'),
      tool_use_id: z.string(),
      content: z.union([z.string(), z.array(blockSchema)]),
      is_error: z.boolean(),
    }),
    z.object({ type: z.literal('native'), dialect: z.string(), value: jsonValue }),
  ]),
)

/** {@link WireMessage}. */
export const messageSchema: z.ZodType<WireMessage> = z.object({
  id: z.string(),
  object: z.literal('message'),
  role: z.string().describe('`user`, `assistant` or `tool`.'),
  content: z.array(blockSchema),
  seq: count.describe('Its place in the log of the session.'),
  turn_id: z.string().nullable(),
  partial: z.literal(true).exactOptional().describe('What a turn that did not complete had streamed.'),
  created_at: time,
})

/** Why a turn failed. */
export const turnErrorSchema: z.ZodType<{ type: string; code: string; message: string }> = z.object({
  type: z.string(),
  code: z.string(),
  message: z.string(),
})

/** {@link WireTurn}. */
export const turnSchema: z.ZodType<WireTurn> = z.object({
  id: z.string(),
  object: z.literal('turn'),
  session_id: z.string(),
  status: z.enum(['running', 'completed', 'failed', 'cancelled', 'interrupted']),
  model: z.string(),
  stop_reason: z.string().nullable(),
  usage: usageSchema,
  cost_usd: z.number().nullable().describe('US dollars; null where a price is not known.'),
  steps: count.describe('Requests to the model.'),
  error: turnErrorSchema.nullable(),
  warnings: strings.exactOptional().describe('What was left out of requests to the model.'),
  created_at: time,
  ended_at: time.nullable(),
})

/** {@link WireSession}. */
export const sessionSchema: z.ZodType<WireSession> = z.object({
  id: z.string(),
  object: z.literal('session'),
  model: z.string(),
  system: z.string().nullable(),
  tools: strings.nullable().describe('Null = all that are enabled and allowed.'),
  metadata: object,
  usage: usageSchema,
  created_at: time,
  updated_at: time,
  expires_at: time,
})

const listOf = (item: z.ZodType): z.ZodType =>
  z.object({ object: z.literal('list'), data: z.array(item), next_cursor: cursor })

/** `GET /api/sessions`. */
export const sessionListSchema: z.ZodType = listOf(sessionSchema)

/** `GET /api/sessions/:id/messages`. */
export const messageListSchema: z.ZodType = listOf(messageSchema)

/** A turn that ended, with what the model and the tools said in it. */
export const turnAnswerSchema: z.ZodType = z.object({ turn: turnSchema, messages: z.array(messageSchema) })

/** A turn that was accepted. */
export const acceptedTurnSchema: z.ZodType = z.object({ turn: turnSchema })

/** `POST /api/sessions/:id/stream-token`. */
export const streamTokenSchema: z.ZodType = z.object({ token: z.string(), expires_at: time })

/** `GET /api/tools`. */
export const toolListSchema: z.ZodType = z.object({
  tools: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      input_schema: object.describe('A JSON Schema.'),
      available: z.boolean(),
      reason: z.string().exactOptional().describe('Why it is not available.'),
    }),
  ),
  count,
})

/** `POST /api/tools/:name/execute`. */
export const toolResultSchema: z.ZodType = z.object({
  tool: z.string(),
  status: z.string().describe('`ok`, `failed`, `invalid_input`, `timeout`, `aborted` or `unavailable`.'),
  is_error: z.boolean(),
  content: z.union([z.string(), z.array(blockSchema)]),
  duration_ms: z.number(),
})

/** An error everywhere but under `/v1`. */
export const apiErrorSchema: z.ZodType = z.object({
  error: z.object({
    type: z.string(),
    code: z.string(),
    message: z.string(),
    request_id: z.string(),
    turn_id: z.string().exactOptional().describe('With `turn_in_progress`: the turn that runs.'),
    param: z.string().exactOptional().describe('The field that it is about.'),
  }),
})
