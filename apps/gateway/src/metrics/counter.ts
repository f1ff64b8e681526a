import { Counter, type Registry } from 'prom-client'
import { createChildren } from './children.ts'

/** A number that only goes up. */
export interface Count {
  /** Anything but a positive number is passed over: what providers report may be odd. */
  add(amount?: number): void
}

/** What a counter is made of. */
export interface CounterOptions {
  registry: Registry
  name: string
  help: string
  /** @defaultValue none */
  labelNames?: readonly string[] | undefined
}

/**
 * A counter whose children are plain numbers; the library is told of them when somebody asks for the metrics. Its own
 * counters make and check a text of their labels at each step, and a request takes ten of these.
 */
export const createCounter = (options: CounterOptions): ((...labels: string[]) => Count) => {
  const { registry, name, help, labelNames = [] } = options
  const totals: { labels: Record<string, string>; total: number }[] = []
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset()
      // What never happened is not shown: a cost of 0 would look like a known one.
      for (const { labels, total } of totals) if (total > 0) this.inc(labels, total)
    },
  })
  return createChildren((...values) => {
    const labels = Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? '']))
    const entry = { labels, total: 0 }
    totals.push(entry)
    return {
      add(amount = 1) {
        if (amount > 0 && Number.isFinite(amount)) entry.total += amount
      },
    }
  })
}
