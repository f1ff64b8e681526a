import type { ProviderError } from '../errors.ts'
import type { Clock } from './clock.ts'
import { ruleFor } from './policy.ts'

/** When a target's breaker opens and closes. */
export interface BreakerOptions {
  /**
   * Failures within the window that open it.
   * @defaultValue 5
   */
  failures?: number | undefined
  /**
   * Length of the sliding window, in milliseconds.
   * @defaultValue 10000
   */
  windowMs?: number | undefined
  /**
   * How long it stays open, in milliseconds, where the upstream did not say.
   * @defaultValue 3000
   */
  coolDownMs?: number | undefined
}

/** How a target does. `half-open`: its cool-down is over and the next request finds out. */
export interface TargetHealth {
  state: 'closed' | 'open' | 'half-open'
  /** Failures within the window. */
  failures: number
  /** Milliseconds until the cool-down is over. */
  coolDownMs: number
  /** Decayed mean of the time to the first token, in milliseconds; `undefined` before the first answer. */
  firstTokenMs: number | undefined
  /** Why it opened, where that does not pass by itself. */
  alarm: 'authentication' | 'quota' | undefined
}

/** One call of a target, to be ended by one of its functions. */
export interface Trial {
  succeeded(firstTokenMs?: number): void
  failed(error: ProviderError): void
  /** Its end says nothing about the target: the caller left. */
  dropped(): void
}

/** How all targets do, by name. */
export interface HealthBook {
  get(target: string): TargetHealth
  /** Those that were asked, in the order of their first request. */
  targets(): string[]
  /** A call begins; of a half-open target's calls the first is the probe, and it counts as open until that has ended. */
  begin(target: string): Trial
}

interface Entry {
  /** When each failure of the window was, oldest first. */
  failedAt: number[]
  openUntil: number | undefined
  isProbing: boolean
  firstTokenMs: number | undefined
  alarm: TargetHealth['alarm']
}

// The weight of the newest answer in the mean: of the last 10 or so answers.
const weight = 0.2
// Model names come from clients too, so what is kept of them has a bound.
const maxTargets = 1_000
const longestName = 512
// Longer waits are an operator's matter; by then something has changed.
const maxCoolDownMs = 300_000

/** An empty book: every target is healthy until it fails. */
export const createHealthBook = (clock: Clock, options: BreakerOptions = {}): HealthBook => {
  const { failures: limit = 5, windowMs = 10_000, coolDownMs = 3_000 } = options
  const entries = new Map<string, Entry>()

  const add = (target: string): Entry => {
    if (target.length > longestName) return create()
    if (entries.size >= maxTargets) {
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    }
    const entry = create()
    entries.set(target, entry)
    return entry
  }
  const open = (entry: Entry, ms: number) => {
    const until = clock.now() + Math.min(ms, maxCoolDownMs)
    entry.openUntil = Math.max(entry.openUntil ?? 0, until)
    entry.failedAt = []
  }
  const close = (entry: Entry) => {
    entry.openUntil = undefined
    entry.alarm = undefined
    entry.failedAt = []
  }
  const fail = (entry: Entry, error: ProviderError, wasProbe: boolean) => {
    const { health } = ruleFor(error)
    // The caller's fault, and the target was there to say so.
    if (health === 'none') {
      if (wasProbe) close(entry)
      return
    }
    if (error.code === 'authentication' || error.code === 'quota') entry.alarm = error.code
    entry.failedAt = [...recent(entry, clock.now() - windowMs), clock.now()]
    const asked = error.retryAfterMs
    if (asked !== undefined || health === 'unusable' || wasProbe || entry.failedAt.length >= limit) {
      open(entry, Math.max(asked ?? 0, coolDownMs))
    }
  }

  return {
    get(target) {
      const entry = entries.get(target)
      if (entry === undefined) return unknown
      const now = clock.now()
      const left = entry.openUntil === undefined ? 0 : Math.max(0, entry.openUntil - now)
      return {
        state: entry.openUntil === undefined ? 'closed' : left > 0 || entry.isProbing ? 'open' : 'half-open',
        failures: recent(entry, now - windowMs).length,
        coolDownMs: left,
        firstTokenMs: entry.firstTokenMs,
        alarm: entry.alarm,
      }
    },
    targets: () => [...entries.keys()],
    begin(target) {
      const entry = entries.get(target) ?? add(target)
      const isProbe = entry.openUntil !== undefined && entry.openUntil <= clock.now() && !entry.isProbing
      if (isProbe) entry.isProbing = true
      let isOver = false
      const end = (): boolean => {
        const wasOver = isOver
        isOver = true
        if (!wasOver && isProbe) entry.isProbing = false
        return !wasOver
      }
      return {
        succeeded(firstTokenMs) {
          if (!end()) return
          // An answer proves that the target is back, whether it was meant as a probe or not.
          close(entry)
          if (firstTokenMs !== undefined) {
            const mean = entry.firstTokenMs ?? firstTokenMs
            entry.firstTokenMs = mean + weight * (firstTokenMs - mean)
          }
        },
        failed(error) {
          if (end()) fail(entry, error, isProbe)
        },
        dropped: () => void end(),
      }
    },
  }
}

const unknown: TargetHealth = {
  state: 'closed',
  failures: 0,
  coolDownMs: 0,
  firstTokenMs: undefined,
  alarm: undefined,
}

const create = (): Entry => ({
  failedAt: [],
  openUntil: undefined,
  isProbing: false,
  firstTokenMs: undefined,
  alarm: undefined,
})

const recent = (entry: Entry, since: number): number[] => entry.failedAt.filter((at) => at > since)
