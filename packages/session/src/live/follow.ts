import { SessionError } from '../errors.ts'
import type { SessionEvent } from '../types.ts'
import type { Hub } from './hub.ts'

/** How a follower reads the log of its session. */
export interface TailSource {
  /** False for a session that is missing now. */
  exists(): boolean
  /** The next events behind a seq, a bounded number of them; undefined when the log is gone. */
  batch(after: number): readonly SessionEvent[] | undefined
}

/** How many events, and how many characters of data, a follower takes from the log at once. */
export const batchEvents: number = 256
/** See `batchEvents`. */
export const batchCharacters: number = 1 << 20

/**
 * Replays a log behind `after`, then follows it. It holds one batch and no queue: a reader that is too slow for the ring
 * of the hub reads on from the log. An abort ends it quietly, also while it waits.
 */
export async function* follow(
  hub: Hub,
  id: string,
  source: TailSource,
  { after, signal }: { after: number; signal: AbortSignal },
): AsyncGenerator<SessionEvent, void, undefined> {
  if (!Number.isSafeInteger(after) || after < 0) {
    throw new SessionError(
      'invalid',
      `A log cannot be followed from ${String(after)}: give a seq, or 0 for all.`,
    )
  }
  if (signal.aborted) return
  // Taking the seat before the first read is what makes a lost wake-up impossible.
  const seat = hub.join(id)
  signal.addEventListener('abort', seat.leave, { once: true })
  try {
    if (!source.exists()) return
    let position = after
    while (!seat.isLeft()) {
      const version = seat.version()
      // Once the session has ended its key may name a younger log, which is not this follower's.
      const batch = seat.since(position) ?? (seat.last() === undefined ? source.batch(position) : undefined)
      for (const event of batch ?? [seat.last()]) {
        if (event === undefined || seat.isLeft()) return
        yield event
        position = event.seq
      }
      const last = seat.last()
      // Behind the end of a session there is nothing, even where its log went away before all of it was read.
      if (batch === undefined || (last !== undefined && position >= last.seq)) return
      if (batch.length === 0 && seat.version() === version) await seat.changed()
    }
  } finally {
    signal.removeEventListener('abort', seat.leave)
    seat.leave()
  }
}
