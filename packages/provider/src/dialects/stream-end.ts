import { ProviderError } from '../errors.ts'
import type { WarningEvent } from '../types/stream-event.ts'

/** One warning for all the events of a stream that could not be read; the terminal marker decides what it is worth. */
export const toSkipEvents = (count: number): WarningEvent[] => {
  if (count === 0) return []
  const message = `${count} unreadable event${count === 1 ? ' was' : 's were'} skipped in the upstream's stream.`
  return [{ type: 'warning', warning: { code: 'skipped-event', message } }]
}

/** The error of a stream that ended without saying so: what came of it is never a short success. */
export const toIncompleteError = (provider: string, marker: string): ProviderError =>
  new ProviderError(`The upstream's stream ended without its ${marker}: the answer is not whole.`, {
    code: 'bad-response',
    provider,
  })
