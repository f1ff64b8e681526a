/** Runs tasks of the same key one after the other, in the order of their calls; other keys are not held up. */
export interface KeyedMutex {
  run<T>(key: string, task: () => Promise<T>): Promise<T>
}

/** Holds memory only for keys that have a task. */
export const createKeyedMutex = (): KeyedMutex => {
  const tails = new Map<string, Promise<void>>()
  return {
    async run(key, task) {
      const before = tails.get(key)
      const { promise: mine, resolve: release } = Promise.withResolvers<void>()
      tails.set(key, mine)
      await before
      try {
        return await task()
      } finally {
        release()
        if (tails.get(key) === mine) tails.delete(key)
      }
    },
  }
}
