import { isProviderError, ProviderError } from '../errors.ts'
import type { Abortable } from '../http/lifeline.ts'
import type { Clock } from './clock.ts'
import type { Trial } from './health.ts'
import type { TimeLimits } from './timeouts.ts'

/**
 * One request to one target, as whoever carries it out sees it. Its signal aborts with a ProviderError `timeout`, with
 * the caller's own reason, or by `abort`, which frees the upstream, whatever it is doing.
 */
export interface Attempt extends Abortable {
  readonly connectMs: number
  /**
   * Milliseconds from the start to the first content; absent before. From then on a failure is a break, and nobody is
   * asked the same again.
   */
  readonly firstTokenMs: number | undefined
  /** The upstream's answer began, or went on: an event, a ping, a piece of a body. */
  heard(): void
  /** Nobody listens until `heard` is called again: the reader asked for a pause. */
  paused(): void
  /** The first content arrived. */
  output(): void
}

/** Options of {@link startAttempt}. */
export interface AttemptOptions {
  target: string
  clock: Clock
  limits: TimeLimits
  /** Does the answer come in events? Only then its first content has a limit of its own. */
  isStream: boolean
  /** What is left of the time for everything. */
  leftMs: number
  /** The part of it within which this attempt must have begun to answer, so that others still can. */
  shareMs: number
  signal: AbortSignal | undefined
  trial: Trial
  /** Hears of the end, once, before anybody else does. */
  onEnd(error: ProviderError | undefined): void
}

/** An attempt that runs, and how to end it. */
export interface RunningAttempt extends Attempt {
  /** It is over: clears the timer and tells the target's health. */
  end(failure?: { error: unknown }): void
}

const never = Number.POSITIVE_INFINITY

/**
 * Starts the clocks of an attempt: one timer, which is set to the nearest of its limits and looks, when it is due, whether
 * that still holds. A sign of life only notes the time.
 */
export const startAttempt = (options: AttemptOptions): RunningAttempt => {
  const { clock, limits, isStream, leftMs, shareMs, signal } = options
  const controller = new AbortController()
  const startedAt = clock.now()
  const firstMs = isStream ? Math.min(limits.firstTokenMs, shareMs) : shareMs
  let firstBy = startedAt + firstMs
  let totalBy = never
  let stallBy = never
  let lookAt = never
  let cancelLook: (() => void) | undefined
  let isOver = false
  let isAborted = false
  let tell: ((reason: unknown) => void) | undefined

  const abort = (reason: unknown) => {
    if (isAborted) return
    isAborted = true
    try {
      tell?.(reason)
    } finally {
      controller.abort(reason)
    }
  }
  const expire = (what: string, ms: number) => {
    const message = `${options.target} ${what} within ${ms} ms.`
    abort(new ProviderError(message, { code: 'timeout' }))
  }
  /** Sees to it that somebody looks by `at`. */
  const lookBy = (at: number, now: number) => {
    if (isOver || at >= lookAt) return
    cancelLook?.()
    lookAt = at
    cancelLook = clock.schedule(at - now, look)
  }
  const look = () => {
    lookAt = never
    const now = clock.now()
    if (now >= firstBy) expire(isStream ? 'sent no content' : 'did not answer', firstMs)
    else if (now >= totalBy) expire('did not end', leftMs)
    else if (now >= stallBy) expire('went silent: nothing came', limits.stallMs)
    else lookBy(Math.min(firstBy, totalBy, stallBy, now + limits.stallMs), now)
  }
  const onAbort = () => abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  // Not later than it can go silent, so that no sign of life has to set the timer.
  lookBy(startedAt + Math.min(firstMs, limits.stallMs), startedAt)

  const running: Writable<RunningAttempt> = {
    signal: controller.signal,
    connectMs: limits.connectMs,
    firstTokenMs: undefined,
    abort,
    beforeAbort(hear) {
      tell = hear
    },
    heard() {
      const now = clock.now()
      stallBy = now + limits.stallMs
      if (stallBy < lookAt) lookBy(stallBy, now)
    },
    paused() {
      stallBy = never
    },
    output() {
      if (running.firstTokenMs !== undefined || isOver) return
      const now = clock.now()
      running.firstTokenMs = now - startedAt
      firstBy = never
      totalBy = startedAt + leftMs
      lookBy(totalBy, now)
    },
    end(failure) {
      if (isOver) return
      isOver = true
      cancelLook?.()
      signal?.removeEventListener('abort', onAbort)
      const error = failure !== undefined && isProviderError(failure.error) ? failure.error : undefined
      options.onEnd(error)
      if (failure === undefined) options.trial.succeeded(running.firstTokenMs)
      else if (error !== undefined) options.trial.failed(error)
      else options.trial.dropped()
    },
  }
  // No accessors: each object made with one has a hidden class of its own, which holds it until a full collection.
  return running
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }
