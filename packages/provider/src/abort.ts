/**
 * Settles like `promise`, but rejects with `signal.reason` as soon as the signal aborts.
 * The promise itself is not stopped by this: whoever owns it must hear the same signal.
 */
export const untilAborted = <T>(promise: PromiseLike<T>, signal?: AbortSignal): Promise<T> => {
  if (signal === undefined) return Promise.resolve(promise)
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    // The listener goes with the promise, so that a long-lived signal does not collect listeners.
    const settle = () => signal.removeEventListener('abort', onAbort)
    promise.then(
      (value) => {
        settle()
        resolve(value)
      },
      (error: unknown) => {
        settle()
        reject(error)
      },
    )
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Waits `ms` milliseconds; rejects with `signal.reason` when aborted, and leaves no timer behind. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return untilAborted(elapsed, signal).finally(() => clearTimeout(timer))
}

/** Never resolves; rejects with `signal.reason` when aborted. Without a signal nothing ends it. */
export const forever = (signal?: AbortSignal): Promise<never> =>
  untilAborted(new Promise<never>(() => {}), signal)
