import { ProviderError } from '../errors.ts'
import type { WarningEvent } from '../types/stream-event.ts'

/** One warning for all the events of a stream that could not be read; the terminal marker decides what it is worth. */
export const toSkipEvents = (count: number): WarningEvent[] => {
  if (count === 0) return []
  const message = `${count} unreadable event${count === 1 ? ' was' : 's were'} skipped in the upstream's stream.`
  return [{ type: 'warning', warning: { code: 'skipped-event', message } }]
}

/**
 * The error of a stream that ended without its terminal marker: what came of it is never a short success. The marker is
 * not named, since the words may reach a client of another dialect, or one that searches the text for it.
 */
export const toIncompleteError = (provider: string): ProviderError =>
  new ProviderError("The upstream's stream ended early: the answer is not whole.", {
    code: 'bad-response',
    provider,
  })
