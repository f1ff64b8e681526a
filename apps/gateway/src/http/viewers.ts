import type { SessionKey } from '@gateway/session'

/** Who reads which session's stream, and which turn is to be cancelled once nobody does. */
export interface Viewers {
  /** Counts a reader in; the result counts it out, once. */
  enter(key: SessionKey): () => void
  /** The turn's starting request asked for `cancel` and is gone. */
  orphan(key: SessionKey, turnId: string): void
}

/** `cancel` is called when a turn's starting request is gone and nobody else streams its session. */
export const createViewers = (cancel: (key: SessionKey, turnId: string) => void): Viewers => {
  const readers = new Map<string, number>()
  const orphans = new Map<string, string>()
  const name = (key: SessionKey) => `${key.tenant}\u0000${key.id}`

  const check = (key: SessionKey) => {
    const turnId = orphans.get(name(key))
    if (turnId === undefined || readers.has(name(key))) return
    orphans.delete(name(key))
    cancel(key, turnId)
  }

  return {
    enter(key) {
      readers.set(name(key), (readers.get(name(key)) ?? 0) + 1)
      let inside = true
      return () => {
        if (!inside) return
        inside = false
        const left = (readers.get(name(key)) ?? 1) - 1
        if (left > 0) readers.set(name(key), left)
        else readers.delete(name(key))
        check(key)
      }
    },
    orphan(key, turnId) {
      orphans.set(name(key), turnId)
      check(key)
    },
  }
}
