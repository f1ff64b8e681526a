import { ProviderError } from '../errors.ts'
import type { WarningEvent } from '../types/stream-event.ts'

/** Counts the events of one stream that could not be read; the terminal marker decides what the answer is worth. */
export interface Skips {
  /** One, or as many as `count` says. */
  add(count?: number): void
  /** One warning for all of them, or nothing. */
  events(): WarningEvent[]
}

/** A count of zero. */
export const createSkips = (): Skips => {
  let count = 0
  return {
    add(more = 1) {
      count += more
    },
    events() {
      if (count === 0) return []
      const message = `${count} unreadable event${count === 1 ? ' was' : 's were'} skipped in the upstream's stream.`
      return [{ type: 'warning', warning: { code: 'skipped-event', message } }]
    },
  }
}

/** The error of a stream that ended without saying so: what came of it is never a short success. */
export const toIncompleteError = (provider: string, marker: string): ProviderError =>
  new ProviderError(`The upstream's stream ended without its ${marker}: the answer is not whole.`, {
    code: 'bad-response',
    provider,
  })
