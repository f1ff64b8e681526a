import type { SessionFold } from '../fold/session-fold.ts'
import { keyText } from '../keys.ts'
import type { SessionKey, SessionMessage } from '../types.ts'

/** Folds of the sessions that were used last. */
export interface FoldCache<M extends SessionMessage> {
  get(key: SessionKey): SessionFold<M> | undefined
  /** Keeps a fold as the most recent one; `bytes` is the size of its log. */
  set(key: SessionKey, fold: SessionFold<M>, bytes: number): void
  drop(key: SessionKey): void
}

/** A cache that is bounded by the number of sessions and by the bytes of their logs; the most recent one always fits. */
export function createFoldCache<M extends SessionMessage>(
  maxSessions: number,
  maxBytes: number,
): FoldCache<M> {
  // A Map keeps the order of insertion, which makes it a list from the oldest to the most recent use.
  const kept = new Map<string, { fold: SessionFold<M>; bytes: number }>()
  let total = 0
  const remove = (id: string) => {
    total -= kept.get(id)?.bytes ?? 0
    kept.delete(id)
  }
  return {
    get: (key) => kept.get(keyText(key))?.fold,
    set: (key, fold, bytes) => {
      const id = keyText(key)
      remove(id)
      kept.set(id, { fold, bytes })
      total += bytes
      for (const oldest of kept.keys()) {
        if (oldest === id || (kept.size <= maxSessions && total <= maxBytes)) break
        remove(oldest)
      }
    },
    drop: (key) => remove(keyText(key)),
  }
}
