let waiting: (() => void)[] = []

const flush = () => {
  const due = waiting
  waiting = []
  for (const run of due) {
    try {
      run()
    } catch (error) {
      // It is nobody else's fault: the others run, and it goes where uncaught errors go.
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

/** Runs something at the end of this turn of the event loop, with all else that waits for it, in the order it came. */
export const atTurnEnd = (run: () => void): void => {
  if (waiting.push(run) === 1) setImmediate(flush)
}
