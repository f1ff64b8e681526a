import * as z from 'zod'
import { secretSchema, textSchema, urlSchema } from './values.ts'

/** A provider's name goes into `provider/model`, headers and metrics. */
export const providerNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'a provider\'s name has 1 to 64 letters, digits, ".", "_" or "-"')

const models = z.array(textSchema)
const common = { models: models.optional(), headers: z.record(z.string(), z.string()).optional() }
// The key may come from the environment, which is looked at later.
const account = { ...common, apiKey: secretSchema.optional(), baseURL: urlSchema.optional() }

const quirksSchema = z.strictObject({
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  developerRole: z.boolean().optional(),
  messageNames: z.boolean().optional(),
  reasoningField: z.enum(['reasoning_content', 'reasoning', 'none']).optional(),
  streamUsage: z.boolean().optional(),
  metadataNeedsStore: z.boolean().optional(),
  strictReasoning: z.boolean().optional(),
})

/** One provider, by its `type`. */
export const providerSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('anthropic'), ...account, anthropicVersion: textSchema.optional() }),
    z.strictObject({
      type: z.literal('openai'),
      ...account,
      organization: textSchema.optional(),
      project: textSchema.optional(),
    }),
    z.strictObject({ type: z.literal('groq'), ...account }),
    z.strictObject({
      type: z.literal('openai-compatible'),
      ...common,
      baseURL: urlSchema,
      apiKey: secretSchema.optional(),
      models: models.min(1, 'must name at least one model'),
      quirks: quirksSchema.optional(),
    }),
    z.strictObject({ type: z.literal('mock'), models: models.optional() }),
  ],
  { error: 'must be one of anthropic, openai, openai-compatible, groq, mock' },
)
