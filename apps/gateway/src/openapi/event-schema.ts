import type { EventData } from '@gateway/session'
import * as z from 'zod'
import { jsonValue } from '../routes/schema.ts'
import { messageSchema, turnErrorSchema, usageSchema } from './resource-schema.ts'

const turn = { turn_id: z.string() }
const object = z.record(z.string(), jsonValue)

const end = {
  ...turn,
  model: z.string().exactOptional().describe('The model that really answered, where one did.'),
  usage: usageSchema,
  cost_usd: z.number().nullable(),
  steps: z.int().min(0),
  warnings: z.array(z.string()).exactOptional(),
}

const settings = {
  model: z.string().exactOptional(),
  system: z.string().nullable().exactOptional(),
  tools: z.array(z.string()).nullable().exactOptional(),
  metadata: object.exactOptional(),
  ttl_seconds: z.int().exactOptional(),
}

/** Events of a turn, in the order in which they can come: the data of each. */
export const turnEvents: Readonly<Record<Exclude<keyof EventData, keyof typeof sessionEvents>, z.ZodType>> = {
  'turn.started': z.object({ ...turn, model: z.string(), metadata: object.exactOptional() }),
  message: z
    .object({ ...turn, message: messageSchema })
    .describe('The user’s as accepted, the assistant’s and the tools’ when final.'),
  delta: z
    .object({
      ...turn,
      message_id: z.string(),
      step: z.int().min(0),
      index: z.int().min(0).describe('The block within the message.'),
      kind: z.enum(['text', 'thinking', 'tool_input']),
      text: z.string(),
    })
    .describe('A piece of a message, which the final message of the same id supersedes.'),
  'tool.started': z.object({
    ...turn,
    tool_use_id: z.string(),
    name: z.string(),
    input: object,
    message_id: z.string(),
  }),
  'tool.finished': z.object({
    ...turn,
    tool_use_id: z.string(),
    name: z.string(),
    status: z.string(),
    is_error: z.boolean(),
    duration_ms: z.number(),
  }),
  'turn.completed': z.object({ ...end, stop_reason: z.string() }),
  'turn.failed': z.object({ ...end, error: turnErrorSchema }),
  'turn.cancelled': z.object(end),
  'turn.interrupted': z.object(end).describe('The process that ran it ended.'),
}

/** Events of a session outside of its turns. */
export const sessionEvents = {
  'session.created': z.object(settings),
  'session.updated': z.object(settings).describe('Only what changed; null removes.'),
  'session.deleted': z.object({}),
  'session.expired': z.object({}),
  'context.set': z.object({
    key: z.string(),
    value: jsonValue.exactOptional(),
    removed: z.literal(true).exactOptional(),
  }),
} satisfies Partial<Record<keyof EventData, z.ZodType>>
