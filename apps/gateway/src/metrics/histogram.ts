import { Histogram, type Registry } from 'prom-client'
import { createChildren } from './children.ts'

/** A distribution of values. */
export interface Distribution {
  observe(value: number): void
}

/** What a histogram is made of. */
export interface HistogramOptions {
  registry: Registry
  name: string
  help: string
  /** @defaultValue none */
  labelNames?: readonly string[] | undefined
  /** Upper bounds, ascending. */
  buckets: readonly number[]
}

interface Child extends Distribution {
  labels: Record<string, string>
  /** How many values fell into each bucket, the last one being for those above every bound. */
  counts: number[]
  sum(): number
}

/**
 * A histogram whose children are plain numbers, as in `counter.ts`: the library's own takes microseconds for each value,
 * and a request has three. The library has its name and its bounds, and is told the rest when it is asked.
 */
export const createHistogram = (options: HistogramOptions): ((...labels: string[]) => Distribution) => {
  const { registry, name, help, labelNames = [], buckets } = options
  const children: Child[] = []
  const create = createChildren((...values) => {
    const child = createChild(
      Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? ''])),
      buckets,
    )
    children.push(child)
    return child
  })
  const library = new Histogram({
    name,
    help,
    labelNames: [...labelNames],
    buckets: [...buckets],
    registers: [registry],
  })
  if (labelNames.length === 0) create()
  const read = async () => ({
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    values: children.flatMap((child) => toValues(name, buckets, child)),
  })
  // The second is how its registry asks a histogram; one that asks for `get` is answered the same.
  Object.assign(library, { get: read, getForPromString: read })
  return create
}

const createChild = (labels: Record<string, string>, buckets: readonly number[]): Child => {
  const counts = new Array<number>(buckets.length + 1).fill(0)
  let sum = 0
  return {
    labels,
    counts,
    sum: () => sum,
    observe(value) {
      if (!Number.isFinite(value)) return
      let at = 0
      while (at < buckets.length && value > (buckets[at] ?? 0)) at += 1
      counts[at] = (counts[at] ?? 0) + 1
      sum += value
    },
  }
}

/** Counts are cumulative there: each bucket has all that is not above its bound. */
const toValues = (name: string, buckets: readonly number[], { labels, counts, sum }: Child) => {
  let total = 0
  const values = counts.map((count, at) => {
    total += count
    return { metricName: `${name}_bucket`, labels: { le: buckets[at] ?? '+Inf', ...labels }, value: total }
  })
  return [
    ...values,
    { metricName: `${name}_sum`, labels, value: sum() },
    { metricName: `${name}_count`, labels, value: total },
  ]
}
