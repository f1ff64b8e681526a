import { ToolError } from './errors.ts'

/** What calls may use. Every limit is enforced by the registry, whatever the tool does. */
export interface ToolLimits {
  /** Milliseconds until a call ends `timeout`; a tool's own `timeoutMs` comes before it. @defaultValue 10,000 */
  timeoutMs: number
  /** UTF-8 bytes of the input as JSON. @defaultValue 1 MiB */
  maxInputBytes: number
  /** Levels of nesting of the input. @defaultValue 64 */
  maxInputDepth: number
  /** UTF-8 bytes of output that reach the model; the note that says that it was cut comes on top. @defaultValue 1 MiB */
  maxOutputBytes: number
  /** Calls of one tenant that run at the same time. @defaultValue 4 */
  concurrentPerTenant: number
  /** Calls that run at the same time. @defaultValue 16 */
  concurrentTotal: number
  /** Calls of one tenant that may wait for a place; the next one ends `unavailable`. @defaultValue 64 */
  queuedPerTenant: number
}

/** The limits of a registry that is given none. */
export const defaultToolLimits: Readonly<ToolLimits> = Object.freeze({
  timeoutMs: 10_000,
  maxInputBytes: 1 << 20,
  maxInputDepth: 64,
  maxOutputBytes: 1 << 20,
  concurrentPerTenant: 4,
  concurrentTotal: 16,
  queuedPerTenant: 64,
})

/** The longest timeout of a call: 10 minutes, in milliseconds. */
export const maxTimeoutMs = 600_000

/** Deeper inputs would overflow the stack of a recursive walk. */
const maxDepth = 1000

const upperBounds: Partial<Record<keyof ToolLimits, number>> = {
  timeoutMs: maxTimeoutMs,
  maxInputDepth: maxDepth,
}

/** Limits to set; the others keep their defaults. */
export type ToolLimitOptions = { [Name in keyof ToolLimits]?: number | undefined }

/** @throws ToolError `limit` on a value that is no positive whole number, or is above the limit's own bound. */
export const resolveLimits = (limits: ToolLimitOptions = {}): ToolLimits => {
  const pick = (name: keyof ToolLimits, least = 1): number => {
    const value = limits[name] ?? defaultToolLimits[name]
    const most = upperBounds[name] ?? Number.MAX_SAFE_INTEGER
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value
    throw new ToolError(`limits.${name} must be a whole number from ${least} to ${most}, got ${value}.`, {
      code: 'limit',
    })
  }
  return {
    timeoutMs: pick('timeoutMs'),
    maxInputBytes: pick('maxInputBytes'),
    maxInputDepth: pick('maxInputDepth'),
    maxOutputBytes: pick('maxOutputBytes'),
    concurrentPerTenant: pick('concurrentPerTenant'),
    concurrentTotal: pick('concurrentTotal'),
    queuedPerTenant: pick('queuedPerTenant', 0),
  }
}
