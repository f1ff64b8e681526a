/** A source of whole numbers from 0 to below `limit`, the same ones for the same seed. */
export type Random = (limit: number) => number

/** Creates a quick generator (xorshift32) whose runs can be repeated. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0 || 1
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

/** One of the values. */
export const pick = <T>(random: Random, values: readonly T[]): T => {
  const value = values[random(values.length)]
  if (value === undefined) throw new Error('There is nothing to pick from.')
  return value
}
