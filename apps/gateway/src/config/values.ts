import * as z from 'zod'
import type { StoreConfig } from './config.ts'

/*
 * The values that the environment and the file have in common.
 */

export const textSchema = z.string().trim().min(1, 'must not be empty')

/** Keys and URLs go into requests as they are: what these could not hold is said here, without quoting it. */
export const urlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' })
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    error: 'must not hold a user name or password; use apiKey or headers',
  })

export const secretSchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces, and not empty')

/** A number, also as text: what stands in a variable of the environment is text. */
const numeric = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value

/** A whole number within limits. */
export const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number, ${least} to ${most}`
  return z.preprocess(numeric, z.number({ error }).int({ error }).min(least, { error }).max(most, { error }))
}

/** Any number from 0. */
export const amountSchema = z.preprocess(
  numeric,
  z.number({ error: 'must be a number' }).nonnegative('must not be below 0'),
)

export const portSchema = wholeNumber(0, 65_535)

/** The longest time that a timer of the platform can wait. */
const longestMs = 2 ** 31 - 1

export const millisecondsSchema = wholeNumber(1, longestMs)

export const logLevelSchema = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])

export const tenantSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'a tenant has 1 to 64 letters, digits, ".", "_" or "-"')

export const storeSchema = textSchema.transform((value, context): StoreConfig => {
  if (value === 'memory:' || value === 'memory') return { kind: 'memory' }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(value)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  const known = /^(redis|rediss|postgres|postgresql):/.test(value)
  const message = known
    ? 'this version has no Redis or PostgreSQL store yet; use memory: or sqlite:PATH'
    : 'must be memory: or sqlite:PATH'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})
