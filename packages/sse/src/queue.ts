/** A first-in, first-out queue for values that come in bursts and are all taken before the next burst. */
export interface Queue<T extends object> {
  add(value: T): void
  take(): T | undefined
  isEmpty(): boolean
  clear(): void
}

/** The slots are used again for each burst: emptying an array would give its memory back every time. */
export const createQueue = <T extends object>(): Queue<T> => {
  let slots: (T | undefined)[] = []
  let added = 0
  let taken = 0

  const add = (value: T): void => {
    slots[added] = value
    added += 1
  }

  const take = (): T | undefined => {
    if (taken === added) return undefined
    const value = slots[taken]
    slots[taken] = undefined
    taken += 1
    if (taken === added) taken = added = 0
    return value
  }

  const clear = (): void => {
    slots = []
    taken = added = 0
  }

  return { add, take, isEmpty: () => taken === added, clear }
}
