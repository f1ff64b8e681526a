import type { CatalogueOverrides } from '@gateway/provider'
import * as z from 'zod'
import { amountSchema, millisecondsSchema, textSchema, wholeNumber } from './values.ts'

const tokens = wholeNumber(1, 1_000_000_000)

const prices = {
  input: amountSchema.optional(),
  output: amountSchema.optional(),
  cacheRead: amountSchema.optional(),
  cacheWrite: amountSchema.optional(),
  cacheWrite1h: amountSchema.optional(),
}

const capabilities = z.object({
  tools: z.boolean().optional(),
  images: z.boolean().optional(),
  prefill: z.boolean().optional(),
  forcedToolChoice: z.boolean().optional(),
  thinking: z.boolean().optional(),
  temperature: z.boolean().optional(),
})

// What a model can do stands beside its figures here: one level less to write.
const entrySchema = z
  .strictObject({
    sameAs: textSchema.optional(),
    contextWindow: tokens.optional(),
    maxOutputTokens: tokens.optional(),
    prices: z.strictObject(prices).optional(),
    priceSteps: z.array(z.strictObject({ over: tokens, ...prices })).optional(),
    tokenizer: textSchema.optional(),
    firstTokenMs: millisecondsSchema.optional(),
    ...capabilities.shape,
  })
  .transform(({ tools, images, prefill, forcedToolChoice, thinking, temperature, ...figures }) => {
    const own = { tools, images, prefill, forcedToolChoice, thinking, temperature }
    const told = Object.entries(own).filter(([, value]) => value !== undefined)
    return {
      ...figures,
      ...(told.length > 0 && { capabilities: capabilities.parse(Object.fromEntries(told)) }),
    }
  })

/** What the operator knows better of a `provider/model`. */
export const catalogueSchema: z.ZodType<CatalogueOverrides> = z.record(
  z.string().regex(/^[^/]+\/.+$/, 'must be provider/model'),
  entrySchema,
)
