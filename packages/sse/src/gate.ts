/** Where senders wait for room. One promise serves all that wait; there is none while nobody does. */
export interface Gate {
  wait(): Promise<void>
  /** Whether anybody waits. */
  isHolding(): boolean
  /** Lets all go who wait now. */
  open(): void
  /** Rejects all who wait now. */
  fail(error: unknown): void
}

/** Creates a gate at which nobody waits. */
export const createGate = (): Gate => {
  let waiters: PromiseWithResolvers<void> | undefined
  return {
    wait: () => {
      waiters ??= Promise.withResolvers()
      return waiters.promise
    },
    isHolding: () => waiters !== undefined,
    open: () => {
      waiters?.resolve()
      waiters = undefined
    },
    fail: (error) => {
      waiters?.reject(error)
      waiters = undefined
    },
  }
}
