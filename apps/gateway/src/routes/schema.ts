import type { ContentBlock, JsonObject, JsonValue, MediaSource } from '@gateway/provider'
import * as z from 'zod'

/** Any JSON value. */
export const jsonValue: z.ZodType<JsonValue> = z.json()

/** Any JSON object. */
const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), jsonValue)

const name = z.string().min(1).max(256)
const toolNames = z.array(z.string().min(1).max(64)).max(128)

const sourceSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('base64'),
      media_type: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/i, 'must be a media type such as image/png'),
      data: z.base64().min(1),
    }),
    z.strictObject({ kind: z.literal('url'), url: z.url({ protocol: /^https?$/ }) }),
  ])
  .transform(
    (source): MediaSource =>
      source.kind === 'url' ? source : { kind: 'base64', mediaType: source.media_type, data: source.data },
  )

const blockSchema: z.ZodType<ContentBlock> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.enum(['image', 'document', 'audio']), source: sourceSchema }),
])

const says = (content: string | readonly ContentBlock[]): boolean =>
  typeof content === 'string'
    ? content.trim() !== ''
    : content.length > 0 && content.every((block) => block.type !== 'text' || block.text.trim() !== '')

/** A user's message: text, or blocks; never empty. */
const contentSchema = z
  .union([z.string(), z.array(blockSchema).max(256)], 'must be a text or a list of blocks')
  .refine(says, 'must not be empty: give text, or at least one block, and no blank text')

/** `POST /api/sessions`. */
export const createSessionSchema = z.strictObject({
  model: name.optional(),
  system: z.string().max(1_000_000).optional(),
  tools: toolNames.optional(),
  ttl_seconds: z.int().min(1).max(31_536_000).optional(),
  metadata: jsonObject.optional(),
})

/** `PATCH /api/sessions/:id`: absent keeps, null removes. */
export const updateSessionSchema = z.strictObject({
  model: name.optional(),
  system: z.string().max(1_000_000).nullable().optional(),
  tools: toolNames.nullable().optional(),
  ttl_seconds: z.int().min(1).max(31_536_000).optional(),
  metadata: jsonObject.optional(),
})

/** `POST /api/sessions/:id/fork`. */
export const forkSchema = z.strictObject({ after_seq: z.int().min(1).optional() })

/** `POST /api/sessions/:id/messages`. */
export const sendMessageSchema = z.strictObject({
  content: contentSchema,
  model: name.optional(),
  tools: toolNames.optional(),
  max_tokens: z.int().min(1).max(10_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  on_disconnect: z.enum(['finish', 'cancel']).optional(),
  metadata: jsonObject.optional(),
})

/** `POST /api/tools/:name/execute`. */
export const executeToolSchema = z.strictObject({ input: z.unknown().optional() })

/** A body that must be empty, or `{}`. */
export const emptySchema = z.strictObject({})

/** `?limit=&cursor=` of lists. */
export const pageSchema = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a number from 1 to 100')
    .transform(Number)
    .pipe(z.number().min(1).max(100))
    .optional(),
  cursor: z.string().min(1).max(512).optional(),
})
