import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/**
 * Bytes of the young generation beyond which it does not grow. V8 lets it have 64 MiB and more; a gateway's objects die
 * within milliseconds, so it gains nothing from that, and with thousands of open streams all of it is in use.
 */
const mostBytes = 16 * 1024 * 1024

/**
 * Keeps the young generation small from now on. V8 takes the limit itself only on the command line; how far a step of
 * growth goes can be set at any time, and 1 is no growth. Looked at after each collection, since it also shrinks.
 */
export const limitYoungGeneration = (): void => {
  let grows = true
  const look = () => {
    const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
    const mayGrow = (space?.space_size ?? 0) < mostBytes
    if (mayGrow === grows) return
    grows = mayGrow
    setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`)
  }
  new PerformanceObserver(look).observe({ entryTypes: ['gc'] })
}
