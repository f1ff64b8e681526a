import { keyText } from './keys.ts'
import type { Lease } from './store.ts'
import type { SessionKey } from './types.ts'

/** The leases of a store with one owner process: they live in memory and end with it. */
export interface Leases {
  /** The fence that may write now. */
  fence(key: SessionKey): number | undefined
  owner(key: SessionKey): string | undefined
  /** Undefined while another owner holds it; taking it again ends the owner's earlier lease. */
  take(key: SessionKey, owner: string): Lease | undefined
  drop(key: SessionKey): void
}

/** `firstFence` must be above every fence that an earlier process has given out. */
export function createLeases(firstFence: number): Leases {
  const held = new Map<string, { owner: string; fence: number }>()
  let next = firstFence
  const take = (key: SessionKey, owner: string): Lease | undefined => {
    const id = keyText(key)
    const current = held.get(id)
    if (current !== undefined && current.owner !== owner) return undefined
    const fence = next
    next += 1
    held.set(id, { owner, fence })
    const isHeld = () => held.get(id)?.fence === fence
    return {
      fence,
      renew: async () => isHeld(),
      release: async () => {
        if (isHeld()) held.delete(id)
      },
    }
  }
  return {
    take,
    fence: (key) => held.get(keyText(key))?.fence,
    owner: (key) => held.get(keyText(key))?.owner,
    drop: (key) => {
      held.delete(keyText(key))
    },
  }
}
