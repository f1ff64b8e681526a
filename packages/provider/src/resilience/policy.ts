import type { ProviderError, ProviderErrorCode } from '../errors.ts'

/** What a failure before the commit means for the walk over the targets. */
export interface FailureRule {
  /** May the same target be asked again? `retry-after`: only after the wait that it asked for, else after a backoff. */
  again: 'never' | 'backoff' | 'retry-after'
  /** May the next target be asked? `configured`: only where the model is one that the operator configured. */
  next: 'yes' | 'no' | 'configured'
  /**
   * What it says about the target. `failure` counts towards its breaker, `unusable` opens it at once, `none` is the
   * caller's own doing.
   */
  health: 'failure' | 'unusable' | 'none'
}

const again = { again: 'backoff', next: 'yes', health: 'failure' } as const
const onward = { again: 'never', next: 'yes', health: 'none' } as const
const handOn = { again: 'never', next: 'no', health: 'none' } as const

/** The one table that decides, by error code. */
const rules: Readonly<Record<ProviderErrorCode, FailureRule>> = {
  'rate-limit': { again: 'retry-after', next: 'yes', health: 'failure' },
  overloaded: again,
  network: again,
  'bad-response': again,
  // Silence may mean that the request is still being worked on, and paid: never twice at the same place.
  timeout: { again: 'never', next: 'yes', health: 'failure' },
  'context-length': onward,
  quota: { again: 'never', next: 'yes', health: 'unusable' },
  unsupported: onward,
  authentication: { again: 'never', next: 'yes', health: 'unusable' },
  permission: onward,
  'not-found': { again: 'never', next: 'configured', health: 'none' },
  'content-filter': handOn,
  'invalid-request': handOn,
}

/** The rule for a failure. */
export const ruleFor = (error: ProviderError): FailureRule => rules[error.code]

/** How often and how long the same target is asked again. */
export interface RetryOptions {
  /**
   * How many more times the same target is asked after a failure that may pass.
   * @defaultValue 2
   */
  attempts?: number | undefined
  /**
   * The longest `Retry-After` that is waited for, in milliseconds.
   * @defaultValue 5000
   */
  maxRetryAfterMs?: number | undefined
}

/** {@link RetryOptions} without gaps. */
export type RetryLimits = { readonly [K in keyof RetryOptions]-?: number }

export const defaultRetry: RetryLimits = { attempts: 2, maxRetryAfterMs: 5_000 }

const baseMs = 200
const capMs = 2_000

/**
 * How long to wait before the same target is asked again; `undefined` when it is not. Full jitter: anything between 0
 * and 200 ms, doubled with each failure up to 2 s, so that many clients do not come back at once.
 *
 * @param failures how often this target has failed in this walk, the present one included
 * @param random from 0 to 1
 */
export const waitBeforeRetry = (
  error: ProviderError,
  failures: number,
  retry: RetryLimits,
  random: number,
): number | undefined => {
  const rule = ruleFor(error)
  if (rule.again === 'never' || failures > retry.attempts) return undefined
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs <= retry.maxRetryAfterMs ? error.retryAfterMs : undefined
  }
  return random * Math.min(capMs, baseMs * 2 ** (failures - 1))
}
