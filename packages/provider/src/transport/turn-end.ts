/** Runs what it is given at the end of this turn of the event loop, in the order in which it came. */
export type TurnEnd = (run: () => void) => void

/**
 * Gathers what is to be written in one turn. A write to a socket wakes up whoever waits at the other end, and between
 * two turns of work that is most of what it costs: written one right after the other, a few wake up a server once.
 */
export const createTurnEnd = (): TurnEnd => {
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
  return (run) => {
    if (waiting.push(run) === 1) setImmediate(flush)
  }
}
