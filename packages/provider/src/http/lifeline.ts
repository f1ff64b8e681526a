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

/** A signal in the hands of whoever aborts it. */
export interface Abortable {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** Who hears the reason right before the signal aborts: one at a time, and nobody for `undefined`. */
  beforeAbort(hear: ((reason: unknown) => void) | undefined): void
}

/**
 * Ties them: an abort of `signal` frees the upstream at once and calls `onAbort` with its reason. An `owner` gives the
 * transport its own signal, which nobody else needs then; otherwise a second one is made that follows.
 */
export const createLifeline = (
  signal: AbortSignal | undefined,
  onAbort: (reason: unknown) => void,
  owner?: Abortable,
): Lifeline => {
  const line = owner ?? new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isReleased = false
  const abort = (reason: unknown) => {
    release()
    // First, so that whoever waits takes the transport's own report of the abort for no fault.
    onAbort(reason)
    line.abort(reason)
  }
  const heed = () => abort(signal?.reason)
  const release = () => {
    isReleased = true
    if (owner === undefined) signal?.removeEventListener('abort', heed)
    else owner.beforeAbort(undefined)
    if (timer !== undefined) clearTimeout(timer)
  }
  const cut = () => {
    release()
    line.abort(new DOMException('The rest of the response is not wanted.', 'AbortError'))
  }
  // A call and no listener where it can be had: listeners are most of what an abort that never comes costs.
  if (owner === undefined) signal?.addEventListener('abort', heed, { once: true })
  else owner.beforeAbort(abort)
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
