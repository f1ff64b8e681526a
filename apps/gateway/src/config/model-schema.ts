import type { ModelRoute, Strategy } from '@gateway/provider'
import * as z from 'zod'
import { amountSchema, millisecondsSchema, textSchema, wholeNumber } from './values.ts'

/** Strategies, and the names that go by in other gateways. */
const strategies: Readonly<Record<string, Strategy>> = {
  fallback: 'fallback',
  'round-robin': 'round-robin',
  weighted: 'weighted',
  cheapest: 'cheapest',
  fastest: 'fastest',
  task: 'task',
  default: 'fallback',
  'load-balancer': 'round-robin',
  'cost-optimised': 'cheapest',
  'cost-optimized': 'cheapest',
}

const strategySchema = z.string().transform((name, context): Strategy => {
  const strategy = Object.hasOwn(strategies, name) ? strategies[name] : undefined
  if (strategy !== undefined) return strategy
  const message = `must be one of ${Object.keys(strategies).join(', ')}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

export const timeoutsSchema = z.strictObject({
  connectMs: millisecondsSchema.optional(),
  firstTokenMs: millisecondsSchema.optional(),
  stallMs: millisecondsSchema.optional(),
  totalMs: millisecondsSchema.optional(),
})

export const retrySchema = z.strictObject({
  attempts: wholeNumber(0, 10).optional(),
  maxRetryAfterMs: wholeNumber(0, 600_000).optional(),
})

export const breakerSchema = z.strictObject({
  failures: wholeNumber(1, 1_000).optional(),
  windowMs: millisecondsSchema.optional(),
  coolDownMs: millisecondsSchema.optional(),
})

const targetSchema = z.strictObject({
  provider: textSchema,
  model: textSchema,
  weight: amountSchema.optional(),
  tier: amountSchema.optional(),
  tasks: z.array(textSchema).optional(),
  timeouts: timeoutsSchema.optional(),
})

const matchSchema = textSchema.transform((source, context): RegExp => {
  try {
    return new RegExp(source, 'iu')
  } catch {
    context.addIssue({ code: 'custom', message: 'is no regular expression' })
    return z.NEVER
  }
})

/** A name of the operator's own: it goes into headers and metrics. */
export const modelNameSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, "a model's name has 1 to 128 printable ASCII characters without spaces")

/** What such a name stands for. */
export const modelSchema: z.ZodType<ModelRoute> = z.strictObject({
  targets: z.array(targetSchema).min(1, 'must name at least one target'),
  strategy: strategySchema.optional(),
  onBreak: z.enum(['error', 'continue', 'restart', 'rescue']).optional(),
  timeouts: timeoutsSchema.optional(),
  taskRules: z.array(z.strictObject({ task: textSchema, match: matchSchema })).optional(),
})
