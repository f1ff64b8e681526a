/** Something that is in a set of running ones at most, and remembers where. */
export interface Runner {
  /** Where it stands there; -1 before and after. */
  place: number
}

/** What runs now. */
export interface Running<T extends Runner> {
  add(runner: T): void
  /** Does nothing for one that is not there. */
  remove(runner: T): void
  size(): number
  /** A copy: those in it may leave while it is gone through. */
  all(): T[]
}

/**
 * A set that keeps nothing of what left it. A `Set` with as much coming and going is copied again and again, and each
 * copy that the collector has already moved out of the young generation holds all that was in it until the next full
 * collection: thousands of requests with their bodies.
 */
export const createRunning = <T extends Runner>(): Running<T> => {
  const runners: T[] = []
  return {
    add(runner) {
      runner.place = runners.push(runner) - 1
    },
    remove(runner) {
      if (runners[runner.place] !== runner) return
      const last = runners.pop()
      if (last !== undefined && last !== runner) {
        runners[runner.place] = last
        last.place = runner.place
      }
      runner.place = -1
    },
    size: () => runners.length,
    all: () => [...runners],
  }
}
