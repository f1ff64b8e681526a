import { quote, SseError } from './errors.ts'

// Timers of every platform hold a signed 32-bit number of milliseconds and fire at once past it.
const MAX_TIMER_MS = 2 ** 31 - 1

/** A limit: a number above zero; Infinity turns it off. */
export const requirePositive = (name: string, value: number): number => {
  if (typeof value === 'number' && value > 0) return value
  throw new SseError('invalid-option', `${name} must be a number above 0, got ${quote(value)}.`)
}

/** The period of a timer in milliseconds; 0 turns it off. */
export const requireTimerMs = (name: string, value: number): number => {
  if (typeof value === 'number' && value >= 0 && value <= MAX_TIMER_MS) return value
  throw new SseError(
    'invalid-option',
    `${name} must be between 0 and ${MAX_TIMER_MS} ms, got ${quote(value)}.`,
  )
}
