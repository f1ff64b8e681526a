import type { Clock } from './clock.ts'

/** A clock that a test moves. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`, running what falls due in its order, and lets what waits for it go on in between. */
  advance(ms: number): Promise<void>
  /** How many timers are set: none, once nothing is under way. */
  pending(): number
}

/** Begins at 0. */
export const createVirtualClock = (): VirtualClock => {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    schedule(ms, run) {
      const timer = { at: now + Math.max(0, ms), run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    async advance(ms) {
      const until = now + ms
      while (true) {
        await settle()
        const [next] = timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)
        if (next === undefined) break
        timers = timers.filter((timer) => timer !== next)
        now = next.at
        next.run()
      }
      now = until
    },
    pending: () => timers.length,
  }
}

/** Lets promises that are settled already have their say, and theirs, however long the chain. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
