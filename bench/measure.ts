/** The value below which a share of all values lies: 0.5 is the median. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** How long one call takes, in microseconds of the wall clock. */
export interface Latency {
  median: number
  p99: number
}

/** What there is to say about single times in microseconds. */
export const summarise = (micros: readonly number[]): Latency => ({
  median: median(micros),
  p99: quantile(micros, 0.99),
})

/**
 * Times each call of `task` by itself, one after the other, once a fifth of them has run unmeasured. The wall clock
 * counts what other processes take from the machine too: the 99th percentile says how much that was.
 */
export const latency = async (times: number, task: () => unknown): Promise<Latency> => {
  for (let n = 0; n < times / 5; n += 1) await task()
  const results: number[] = []
  for (let n = 0; n < times; n += 1) {
    const start = performance.now()
    await task()
    results.push((performance.now() - start) * 1000)
  }
  return summarise(results)
}

const usedBytes = (): number => {
  const { gc } = globalThis as { gc?: () => void }
  if (gc === undefined) throw new Error('Run this with node --expose-gc.')
  for (let n = 0; n < 4; n += 1) gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/**
 * Bytes that each of `count` things holds on the heap and in buffers, while all of them are alive, after full garbage
 * collections. As many are made before: the first ones pay for compiled code, and for tables that all share.
 * Needs --expose-gc.
 */
export const bytesEach = async <T>(count: number, make: (n: number) => Promise<T> | T): Promise<number> => {
  const held: T[] = []
  for (let n = 0; n < count; n += 1) held.push(await make(n))
  const before = usedBytes()
  for (let n = count; n < 2 * count; n += 1) held.push(await make(n))
  const bytes = (usedBytes() - before) / count
  if (held.length !== 2 * count) throw new Error('unreachable: keeps what was made alive until here')
  return bytes
}

/** A line of the table. Without a limit it explains another line. */
export interface Row {
  what: string
  limit?: string
  measured: string
  holds?: boolean
}

/** Prints a table: what was claimed, what was measured, and whether it holds. */
export const report = (rows: readonly Row[]): void => {
  const { version, platform, arch } = process
  console.log(`node ${version} ${platform}-${arch}, ${new Date().toISOString()}\n`)
  console.log('| what | limit | measured | holds |\n|---|---|---|---|')
  for (const { what, limit = '', measured, holds } of rows) {
    const verdict = holds === undefined ? '' : holds ? 'yes' : 'NO'
    console.log(`| ${what} | ${limit} | ${measured} | ${verdict} |`)
  }
}
