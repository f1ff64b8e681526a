/** Time as the resilience code sees it; a test puts a virtual one in its place. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number
  /** Runs something once, `ms` milliseconds from now; the result takes it back. */
  schedule(ms: number, run: () => void): () => void
}

/** The platform's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** Settles after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
export const sleep = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.schedule(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
