import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'

/*
 * What this package reads of the Messages API, and nothing more: every field may be missing or null, so that an
 * upstream's additions and omissions never break an answer.
 * https://platform.claude.com/docs/en/api/messages
 */

/** Token counts; each may be null, and later ones in a stream replace earlier ones. */
export interface AnthropicUsage {
  input_tokens?: number | null | undefined
  output_tokens?: number | null | undefined
  cache_creation_input_tokens?: number | null | undefined
  cache_read_input_tokens?: number | null | undefined
  cache_creation?: { ephemeral_1h_input_tokens?: number | null | undefined } | null | undefined
  output_tokens_details?: { thinking_tokens?: number | null | undefined } | null | undefined
}

/** A block of an answer, whole or at its start. Blocks of types that we do not model keep all of their fields. */
export interface AnthropicBlock extends JsonObject {
  type: string
}

/** A message, whole or at the start of a stream, with the fields that we do not model. */
export interface AnthropicMessage extends JsonObject {
  id?: string | null | undefined
  model?: string | null | undefined
  content?: AnthropicBlock[] | null | undefined
  stop_reason?: string | null | undefined
  usage?: JsonObject | null | undefined
}

/** A piece of a block. */
export interface BlockDeltaEvent {
  type: 'content_block_delta'
  index?: number | null | undefined
  delta: AnthropicBlock
}

/** The events of a stream that mean something to us; all others are `undefined` here. */
export type AnthropicEvent =
  | { type: 'message_start'; message: AnthropicMessage }
  | { type: 'content_block_start'; index?: number | null | undefined; content_block: AnthropicBlock }
  | BlockDeltaEvent
  | { type: 'content_block_stop'; index?: number | null | undefined }
  | {
      type: 'message_delta'
      delta?: JsonObject | null | undefined
      usage?: JsonObject | null | undefined
      context_management?: JsonObject | null | undefined
      input_transformations?: JsonValue[] | null | undefined
    }
  | { type: 'message_stop' }
  | { type: 'error' }

const json: z.ZodType<JsonValue> = z.custom<JsonValue>()
const object: z.ZodType<JsonObject> = z.record(z.string(), json)
// One figure that is none takes no other with it.
const count = z.number().nullish().catch(undefined)

const usageSchema: z.ZodType<AnthropicUsage> = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: z.object({ ephemeral_1h_input_tokens: count }).nullish().catch(undefined),
  output_tokens_details: z.object({ thinking_tokens: count }).nullish().catch(undefined),
})

const blockSchema: z.ZodType<AnthropicBlock> = z.object({ type: z.string() }).catchall(json)

const messageSchema: z.ZodType<AnthropicMessage> = z
  .object({
    id: z.string().nullish(),
    model: z.string().nullish(),
    content: z.array(blockSchema).nullish(),
    stop_reason: z.string().nullish(),
    usage: object.nullish(),
  })
  .catchall(json)

const index = z.number().nullish()

const eventSchema: z.ZodType<AnthropicEvent> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: messageSchema }),
  z.object({ type: z.literal('content_block_start'), index, content_block: blockSchema }),
  z.object({ type: z.literal('content_block_delta'), index, delta: blockSchema }),
  z.object({ type: z.literal('content_block_stop'), index }),
  z.object({
    type: z.literal('message_delta'),
    delta: object.nullish(),
    usage: object.nullish(),
    context_management: object.nullish(),
    input_transformations: z.array(json).nullish(),
  }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('error') }),
])

const eventTypes: ReadonlySet<string> = new Set<AnthropicEvent['type']>([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'error',
])

/** A whole answer, or `undefined` where it is none. */
export const readMessage = (value: unknown): AnthropicMessage | undefined => {
  const message = messageSchema.safeParse(value)
  return message.success && message.data.content ? message.data : undefined
}

/** The figures of a usage object; what is no number is absent. */
export const readUsage = (value: unknown): AnthropicUsage =>
  isPlainUsage(value) ? value : (usageSchema.safeParse(value).data ?? {})

const isPlainUsage = (value: unknown): value is AnthropicUsage => {
  if (!isJsonObject(value)) return false
  const { cache_creation: creation, output_tokens_details: details } = value
  return (
    isCount(value.input_tokens) &&
    isCount(value.output_tokens) &&
    isCount(value.cache_creation_input_tokens) &&
    isCount(value.cache_read_input_tokens) &&
    (creation == null || (isJsonObject(creation) && isCount(creation.ephemeral_1h_input_tokens))) &&
    (details == null || (isJsonObject(details) && isCount(details.thinking_tokens)))
  )
}

// By hand and not by schema: nearly all events of a stream are one of these, and the schema costs more than the JSON.
const commonDeltas: ReadonlySet<unknown> = new Set(['text_delta', 'thinking_delta', 'input_json_delta'])

/** One of the deltas that a stream mostly consists of, read as {@link readEvent} reads it; `undefined` for others. */
export const readCommonDelta = (value: JsonValue | undefined): BlockDeltaEvent | undefined => {
  if (!isJsonObject(value) || value.type !== 'content_block_delta') return undefined
  const { index = null, delta } = value
  return isIndex(index) && isCommonDelta(delta) ? { type: 'content_block_delta', index, delta } : undefined
}

const isText = (value: JsonValue | undefined): boolean => value == null || typeof value === 'string'
// JSON has numbers beyond those of JavaScript: `1e400` becomes infinite.
const isCount = (value: JsonValue | undefined): boolean => value == null || Number.isFinite(value)
const isIndex = (value: JsonValue | undefined): value is number | null | undefined => isCount(value)
const isObjectOrNone = (value: JsonValue | undefined): value is JsonObject | null | undefined =>
  value == null || isJsonObject(value)
const isBlock = (value: JsonValue | undefined): value is AnthropicBlock =>
  isJsonObject(value) && typeof value.type === 'string'
const isMessage = (value: JsonValue | undefined): value is AnthropicMessage =>
  isJsonObject(value) &&
  isText(value.id) &&
  isText(value.model) &&
  isText(value.stop_reason) &&
  isObjectOrNone(value.usage) &&
  (value.content == null || (Array.isArray(value.content) && value.content.every(isBlock)))

/** The events that a message begins and ends with; `undefined` for others, and where anything about them is unusual. */
const readPlainEvent = (value: unknown): AnthropicEvent | undefined => {
  if (!isJsonObject(value)) return undefined
  const { type, index, message, content_block: block, delta, usage, context_management: managed } = value
  switch (type) {
    case 'message_start':
      return isMessage(message) ? { type, message } : undefined
    case 'content_block_start':
      return isIndex(index) && isBlock(block) ? { type, index, content_block: block } : undefined
    case 'content_block_stop':
      return isIndex(index) ? { type, index } : undefined
    case 'message_delta':
      return isObjectOrNone(delta) &&
        isObjectOrNone(usage) &&
        isObjectOrNone(managed) &&
        value.input_transformations == null
        ? { type, delta, usage, context_management: managed }
        : undefined
    case 'message_stop':
      return { type }
    default:
      return undefined
  }
}

const isCommonDelta = (delta: JsonValue | undefined): delta is AnthropicBlock =>
  isJsonObject(delta) && commonDeltas.has(delta.type)

/** An event: `ignored` when we do not know its type (ping and whatever comes), `undefined` when it is unreadable. */
export const readEvent = (value: unknown): AnthropicEvent | 'ignored' | undefined => {
  const plain = readPlainEvent(value)
  if (plain !== undefined) return plain
  const event = eventSchema.safeParse(value)
  if (event.success) return event.data
  const type = z.object({ type: z.string() }).safeParse(value).data?.type
  return type === undefined || eventTypes.has(type) ? undefined : 'ignored'
}
