import { nextTick } from 'node:process'

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

/**
 * Runs something before this turn of the event loop is over: the first at once, when the present callback has returned,
 * all others at the end of the turn, in the order in which they came.
 */
export const atTurnEnd = (run: () => void): void => {
  if (hasFirst) {
    waiting.push(run)
    return
  }
  hasFirst = true
  nextTick(run)
  setImmediate(flush)
}
