/** What ties a request towards an upstream to whoever waits for its answer. */
export interface Lifeline {
  /** For the transport. */
  readonly signal: AbortSignal
  /** Frees the upstream, whatever it is doing. */
  cut(): void
  /** Says that nothing of worth is to come: after a moment without an end the upstream is freed and `whenOver` called. */
  expectEnd(whenOver: () => void): void
  /** The answer is over: listener and timer go. */
  release(): void
}

/** How long an upstream may take to close an answer that is whole, so that its connection can be used again. */
export const endGraceMs = 100

/**
 * Ties them: an abort of `signal` frees the upstream at once and calls `onAbort` with its reason. `abortSignal` aborts
 * that signal itself, where nobody else needs it; then the transport gets it as it is, and no second one is made.
 */
export const createLifeline = (
  signal: AbortSignal | undefined,
  onAbort: (reason: unknown) => void,
  abortSignal?: (reason: unknown) => void,
): Lifeline => {
  const line =
    signal === undefined || abortSignal === undefined ? new AbortController() : { signal, abort: abortSignal }
  let timer: ReturnType<typeof setTimeout> | undefined
  let isReleased = false
  const abort = () => {
    release()
    // First, so that whoever waits takes the transport's own report of the abort for no fault.
    onAbort(signal?.reason)
    line.abort(signal?.reason)
  }
  const release = () => {
    isReleased = true
    signal?.removeEventListener('abort', abort)
    clearTimeout(timer)
  }
  const cut = () => {
    release()
    line.abort(new DOMException('The rest of the response is not wanted.', 'AbortError'))
  }
  signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: line.signal,
    cut,
    release,
    expectEnd(whenOver) {
      // Mostly the end follows within this very turn, and needs no timer.
      queueMicrotask(() => {
        if (isReleased) return
        timer ??= setTimeout(() => {
          whenOver()
          cut()
        }, endGraceMs)
      })
    },
  }
}
