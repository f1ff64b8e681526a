import { isProviderError, ProviderError } from '../errors.ts'
import type { Clock } from './clock.ts'
import type { Trial } from './health.ts'
import { createWatchdog, type TimeLimits, type Watchdog } from './timeouts.ts'

/** One request to one target, as whoever carries it out sees it. */
export interface Attempt {
  /** Aborts with a ProviderError `timeout`, or with the caller's own reason. */
  readonly signal: AbortSignal
  readonly connectMs: number
  /** Did the first content arrive? From then on a failure is a break, and nobody is asked the same again. */
  readonly hasOutput: boolean
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
  /** Milliseconds from the start to the first content. */
  readonly firstTokenMs: number | undefined
  /** It is over: clears every timer and tells the target's health. */
  end(failure?: { error: unknown }): void
}

/** Starts the clocks of an attempt. */
export const startAttempt = (options: AttemptOptions): RunningAttempt => {
  const { target, clock, limits, isStream, leftMs, shareMs, signal, trial } = options
  const controller = new AbortController()
  const startedAt = clock.now()
  let firstTokenMs: number | undefined
  let stall: Watchdog | undefined
  let isOver = false

  const expire = (what: string, ms: number) => {
    const message = `${target} ${what} within ${ms} ms.`
    controller.abort(new ProviderError(message, { code: 'timeout' }))
  }
  const first = isStream ? Math.min(limits.firstTokenMs, shareMs) : shareMs
  const what = isStream ? 'sent no content' : 'did not answer'
  const cancelFirst = clock.schedule(first, () => expire(what, first))
  let cancelTotal: (() => void) | undefined
  const onAbort = () => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })

  return {
    signal: controller.signal,
    connectMs: limits.connectMs,
    get hasOutput() {
      return firstTokenMs !== undefined
    },
    get firstTokenMs() {
      return firstTokenMs
    },
    heard() {
      if (isOver) return
      stall ??= createWatchdog(clock, limits.stallMs, () =>
        expire('went silent: nothing came', limits.stallMs),
      )
      stall.alive()
    },
    paused: () => stall?.pause(),
    output() {
      if (firstTokenMs !== undefined || isOver) return
      firstTokenMs = clock.now() - startedAt
      cancelFirst()
      const left = leftMs - firstTokenMs
      cancelTotal = clock.schedule(left, () => expire('did not end', leftMs))
    },
    end(failure) {
      if (isOver) return
      isOver = true
      cancelFirst()
      cancelTotal?.()
      stall?.stop()
      signal?.removeEventListener('abort', onAbort)
      const error = failure !== undefined && isProviderError(failure.error) ? failure.error : undefined
      options.onEnd(error)
      if (failure === undefined) trial.succeeded(firstTokenMs)
      else if (error !== undefined) trial.failed(error)
      else trial.dropped()
    },
  }
}
