import { nextTick } from 'node:process'

/** Runs what it is given before this turn of the event loop is over, in the order in which it came. */
export type TurnEnd = (run: () => void) => void

/**
 * Gathers what is to be written in one turn. A write to a socket wakes up whoever waits at the other end, and between
 * two turns of work that is most of what it costs: written one right after the other, a few wake up a server once. The
 * first of a turn does not wait for the others, of which there are none where there is little to do: it runs as soon as
 * the present callback has returned.
 */
export const createTurnEnd = (): TurnEnd => {
  let waiting: (() => void)[] = []
  let hasFirst = false
  const flush = () => {
    const due = waiting
    waiting = []
    hasFirst = false
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
    if (hasFirst) {
      waiting.push(run)
      return
    }
    hasFirst = true
    nextTick(run)
    setImmediate(flush)
  }
}
