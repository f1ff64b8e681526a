/** How a piece of work ended. */
export type Outcome<T> =
  | { kind: 'value'; value: T }
  | { kind: 'error'; error: unknown }
  | { kind: 'timeout' }
  | { kind: 'aborted' }

/** What ends a piece of work early. */
export interface Bounds {
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/**
 * Runs `work` until it settles, the time is over, or the caller aborts, whichever comes first. Never rejects.
 * The signal that `work` gets aborts in the latter two cases; work that ignores it goes on unobserved, and how it ends
 * then is ignored.
 */
export const runBounded = <T>(
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  { timeoutMs, signal }: Bounds,
): Promise<Outcome<T>> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve({ kind: 'aborted' })
    const controller = new AbortController()
    const end = (outcome: Outcome<T>): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(outcome)
    }
    const onAbort = (): void => {
      end({ kind: 'aborted' })
      controller.abort(signal?.reason)
    }
    const timer = setTimeout(() => {
      end({ kind: 'timeout' })
      controller.abort(new DOMException(`The call took longer than ${timeoutMs} ms.`, 'TimeoutError'))
    }, timeoutMs)
    signal?.addEventListener('abort', onAbort)
    // Inside an async function a synchronous throw is a rejection like any other.
    const running = (async () => work(controller.signal))()
    running.then(
      (value) => end({ kind: 'value', value }),
      (error: unknown) => end({ kind: 'error', error }),
    )
  })
