import * as z from 'zod'
import { catalogueSchema } from './catalogue-schema.ts'
import { breakerSchema, modelNameSchema, modelSchema, retrySchema, timeoutsSchema } from './model-schema.ts'
import { providerNameSchema, providerSchema } from './provider-schema.ts'
import { logLevelSchema, portSchema, secretSchema, storeSchema, tenantSchema, textSchema } from './values.ts'

const names = z.array(textSchema)

const keySchema = z.strictObject({
  tenant: tenantSchema,
  key: secretSchema.optional(),
  keySha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256 in 64 hex digits')
    .transform((hash) => hash.toLowerCase())
    .optional(),
  models: names.optional(),
  tools: names.optional(),
})

const ruleSchema = z
  .strictObject({ allow: names.optional(), deny: names.optional() })
  .transform(({ allow, deny }, context) => {
    if (allow !== undefined && deny === undefined) return { allow }
    if (deny !== undefined && allow === undefined) return { deny }
    context.addIssue({ code: 'custom', message: 'must have either allow or deny' })
    return z.NEVER
  })

/** The file as a whole: what it does not know is a fault. */
export const fileSchema = z.strictObject({
  host: textSchema.optional(),
  port: portSchema.optional(),
  store: storeSchema.optional(),
  defaultModel: textSchema.optional(),
  logLevel: logLevelSchema.optional(),
  providers: z.record(providerNameSchema, providerSchema).default({}),
  models: z.record(modelNameSchema, modelSchema).default({}),
  timeouts: timeoutsSchema.optional(),
  retry: retrySchema.optional(),
  breaker: breakerSchema.optional(),
  catalogue: catalogueSchema.default({}),
  tools: z
    .strictObject({
      enabled: names.optional(),
      policies: z.record(z.union([z.literal('*'), tenantSchema]), ruleSchema).default({}),
    })
    .default({ policies: {} }),
  keys: z.array(keySchema).default([]),
})

/** What a file says, once it fits the schema. */
export type ConfigFile = z.output<typeof fileSchema>
