/** The middle value. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Microseconds of one call of `task`: the median over rounds of `times` calls each, after a warm-up. */
export const microseconds = async (
  times: number,
  task: () => unknown | Promise<unknown>,
  rounds = 15,
): Promise<number> => {
  const results: number[] = []
  for (let round = -3; round < rounds; round += 1) {
    const start = performance.now()
    for (let n = 0; n < times; n += 1) await task()
    if (round >= 0) results.push(((performance.now() - start) * 1000) / times)
  }
  return median(results)
}

/** Bytes of heap and buffers that one of `count` things holds, after full garbage collections. Needs --expose-gc. */
export const bytesEach = async <T>(count: number, make: (n: number) => Promise<T> | T): Promise<number> => {
  const used = () => {
    const { gc } = globalThis as { gc?: () => void }
    if (gc === undefined) throw new Error('Run this with node --expose-gc.')
    for (let n = 0; n < 4; n += 1) gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  // The first ones pay for what all share.
  const held: T[] = [await make(-2), await make(-1)]
  const before = used()
  for (let n = 0; n < count; n += 1) held.push(await make(n))
  const bytes = (used() - before) / count
  if (held.length !== count + 2) throw new Error('unreachable: keeps what was made alive until here')
  return bytes
}

/** Prints a table: what was claimed, what was measured, and whether it holds. */
export const report = (
  rows: readonly { what: string; limit: string; measured: string; holds: boolean }[],
): void => {
  const { version, platform, arch } = process
  console.log(`node ${version} ${platform}-${arch}, ${new Date().toISOString()}\n`)
  console.log('| what | limit | measured | holds |\n|---|---|---|---|')
  for (const { what, limit, measured, holds } of rows) {
    console.log(`| ${what} | ${limit} | ${measured} | ${holds ? 'yes' : 'NO'} |`)
  }
}
