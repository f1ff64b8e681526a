import * as z from 'zod'

/** `GET /livez` and `/readyz`. */
export const probeSchema: z.ZodType = z.object({ status: z.enum(['ok', 'ready', 'draining']) })

/** `GET /health`. */
export const healthSchema: z.ZodType = z.object({
  status: z.literal('ok'),
  version: z.string(),
  store: z.object({ kind: z.string(), durability: z.string() }),
  providers: z.array(z.object({ name: z.string(), dialects: z.array(z.string()) })),
  targets: z
    .array(
      z.object({
        target: z.string(),
        state: z.enum(['closed', 'open', 'half_open']),
        failures: z.int().min(0),
        cool_down_ms: z.int().min(0),
        first_token_ms: z.int().min(0).nullable(),
        alarm: z.string().nullable(),
      }),
    )
    .describe('Whom requests were sent to, and how that goes.'),
  models: z.array(z.string()).describe('Names that the configuration gives to models.'),
  default_model: z.string(),
})

/** `GET /openapi.json`: this document. */
export const documentSchema: z.ZodType = z.looseObject({ openapi: z.literal('3.1.1') })
