let waiting: (() => void)[] = []

const flush = () => {
  const due = waiting
  waiting = []
  for (const run of due) run()
}

/** Runs something at the end of this turn of the event loop, with all else that waits for it, in the order it came. */
export const atTurnEnd = (run: () => void): void => {
  if (waiting.push(run) === 1) setImmediate(flush)
}
