import { isProviderError, type ProviderError } from '../errors.ts'
import { type Target, targetName } from '../routing/target.ts'
import { type Attempt, type RunningAttempt, startAttempt } from './attempt.ts'
import { type Clock, sleep } from './clock.ts'
import type { HealthBook } from './health.ts'
import { type RetryLimits, ruleFor, waitBeforeRetry } from './policy.ts'
import type { TimeLimits } from './timeouts.ts'

/** How one attempt ended, for logs and metrics. */
export interface AttemptRecord {
  target: Target
  durationMs: number
  firstTokenMs: number | undefined
  /** Absent for a good end. An abort by the caller is no ProviderError and leaves it absent too. */
  error?: ProviderError | undefined
  /** What followed it: the same target again, the next one, or nothing. */
  followedBy: 'same' | 'next' | 'nothing'
}

/** What all walks of one request share, so that attempts and time are never multiplied. */
export interface Budget {
  attempts: number
  /** On the clock; no attempt and no wait goes beyond it. */
  readonly endsAt: number
  readonly records: AttemptRecord[]
}

/** Options of {@link walk}. */
export interface WalkOptions<T> {
  /** In the order in which they are asked; at least one. */
  targets: readonly Target[]
  /** Was the model configured by the operator? Then a target that does not know it is passed over. */
  isConfigured: boolean
  isStream: boolean
  limitsOf(target: Target): TimeLimits
  retry: RetryLimits
  health: HealthBook
  clock: Clock
  random(): number
  signal?: AbortSignal | undefined
  budget: Budget
  /** Hears of each attempt once it is known how it ended and what followed. */
  onRecord?: ((record: AttemptRecord) => void) | undefined
  /**
   * Carries one attempt out up to its commit: the moment from which the caller sees the answer. Until then it rejects
   * and leaves no trace with the caller.
   */
  attempt(target: Target, attempt: Attempt): Promise<T>
}

/** How a walk ended: with an answer that began, or with the error that the caller is told. */
export type WalkEnd<T> = { isOk: true; target: Target; value: T; attempt: RunningAttempt } | FailedWalk

interface FailedWalk {
  isOk: false
  target: Target
  error: unknown
}

/** Room for `totalMs` milliseconds from now. */
export const createBudget = (clock: Clock, totalMs: number): Budget => ({
  attempts: 0,
  endsAt: clock.now() + totalMs,
  records: [],
})

/**
 * Asks one target after the other until one begins to answer. Which failure leads where is in `policy.ts`. Of an answer
 * that began `attempt.end` is the caller's to call.
 */
export const walk = async <T>(options: WalkOptions<T>): Promise<WalkEnd<T>> => {
  const { targets, clock, budget, signal } = options
  const follow = (record: AttemptRecord, by: AttemptRecord['followedBy']) => {
    record.followedBy = by
    options.onRecord?.(record)
  }
  let last: FailedWalk | undefined
  let before: FailedWalk | undefined
  for (const [at, target] of targets.entries()) {
    for (let failures = 1; ; failures += 1) {
      const left = budget.endsAt - clock.now()
      if (left <= 0 && last !== undefined) return last
      // Whoever is silent leaves the others their share of the time.
      const tried = start(options, target, left, left / (targets.length - at))
      const { attempt, record } = tried
      try {
        const value = await options.attempt(target, attempt)
        tried.isCommitted = true
        return { isOk: true, target, value, attempt }
      } catch (error) {
        attempt.end({ error })
        last = { isOk: false, target, error }
      }
      const wait = waitAfter(options, last.error, failures, attempt.firstTokenMs !== undefined)
      if (wait !== undefined && clock.now() + wait < budget.endsAt) {
        follow(record, 'same')
        const cut = await sleep(clock, wait, signal).catch((reason: unknown) => ({ reason }))
        if (cut !== undefined) return { ...last, error: cut.reason }
        continue
      }
      const isOver = at === targets.length - 1 || !leadsOn(options, last.error)
      follow(record, isOver ? 'nothing' : 'next')
      // That a target cannot be asked such a thing is no news beside what the one before it failed with.
      if (isOver) return before !== undefined && isNeverAsked(last.error) ? before : last
      before = last
      break
    }
  }
  if (last === undefined) throw new TypeError('A walk needs a target.')
  return last
}

/** How long until the same target is asked again; `undefined` when it is not. */
const waitAfter = <T>(options: WalkOptions<T>, error: unknown, failures: number, hadOutput: boolean) => {
  // An answer that broke off is never asked of the same target again.
  if (!isProviderError(error) || options.signal?.aborted || hadOutput) return undefined
  return waitBeforeRetry(error, failures, options.retry, options.random())
}

/** Was it refused by us, before any upstream saw it? */
const isNeverAsked = (error: unknown): boolean =>
  isProviderError(error) &&
  error.status === undefined &&
  (error.code === 'invalid-request' || error.code === 'unsupported')

const leadsOn = <T>({ signal, isConfigured }: WalkOptions<T>, error: unknown): boolean => {
  if (!isProviderError(error) || signal?.aborted) return false
  const { next } = ruleFor(error)
  return next === 'yes' || (next === 'configured' && isConfigured)
}

interface Try {
  readonly attempt: RunningAttempt
  readonly record: AttemptRecord
  /** Does the caller see its answer? */
  isCommitted: boolean
}

const start = <T>(options: WalkOptions<T>, target: Target, leftMs: number, shareMs: number): Try => {
  // By name: what lives as long as the answer must not hold the options, and with them the request.
  const { clock, budget, health, signal, isStream, onRecord } = options
  const name = targetName(target)
  const record: AttemptRecord = { target, durationMs: 0, firstTokenMs: undefined, followedBy: 'nothing' }
  const startedAt = clock.now()
  const attempt = startAttempt({
    target: name,
    clock,
    limits: options.limitsOf(target),
    isStream,
    leftMs,
    shareMs,
    signal,
    trial: health.begin(name),
    onEnd(error) {
      record.error = error
      record.durationMs = clock.now() - startedAt
      record.firstTokenMs = attempt.firstTokenMs
      if (tried.isCommitted) onRecord?.(record)
    },
  })
  budget.attempts += 1
  budget.records.push(record)
  const tried: Try = { attempt, record, isCommitted: false }
  return tried
}
