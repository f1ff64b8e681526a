import { createSessionFold } from '../fold/session-fold.ts'
import type { SessionState } from '../state.ts'
import type { SessionHead, SessionStore } from '../store.ts'
import type { SessionEvent, SessionKey, SessionMessage } from '../types.ts'
import { createFoldCache } from './fold-cache.ts'

/** States of sessions, read through a cache of folds. */
export interface StateReader<M extends SessionMessage> {
  get(key: SessionKey): Promise<SessionState<M> | undefined>
  /** The state of a session whose head was just read. */
  of(head: SessionHead): Promise<SessionState<M> | undefined>
  /** Tells what was just written, which spares the next read. */
  wrote(key: SessionKey, events: readonly SessionEvent[]): void
  drop(key: SessionKey): void
}

const cachedSessions = 1000
const cachedBytes = 64 * 1024 * 1024

/** Reads states from a store: whatever is behind the cached fold is read, deltas apart, and folded. */
export function createStateReader<M extends SessionMessage>(store: SessionStore): StateReader<M> {
  const cache = createFoldCache<M>(cachedSessions, cachedBytes)

  const of = async (head: SessionHead): Promise<SessionState<M> | undefined> => {
    const fold = cache.get(head.key) ?? createSessionFold<M>(head.key)
    if (fold.seq < head.seq) {
      const events = await store.read(head.key, { after: fold.seq, exclude: ['delta'] })
      if (events === undefined) {
        cache.drop(head.key)
        return undefined
      }
      for (const event of events) fold.apply(event)
      // What was left out of the read was deltas, which change no state.
      fold.advance(head.seq)
    }
    cache.set(head.key, fold, head.bytes)
    return fold.snapshot(head)
  }

  return {
    of,
    get: async (key) => {
      const head = await store.load(key)
      if (head !== undefined) return of(head)
      cache.drop(key)
      return undefined
    },
    wrote: (key, events) => {
      const fold = cache.get(key)
      // Another writer's events may lie between; then the next read brings them all.
      if (fold === undefined || fold.seq + 1 !== events[0]?.seq) return
      for (const event of events) fold.apply(event)
    },
    drop: cache.drop,
  }
}
