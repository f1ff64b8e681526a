/**
 * One step of the hash that tables are keyed by. Bytes are fed from the last to the first, so that the hashes of
 * all suffixes of a string are the intermediate results of hashing the string itself.
 */
export const hashStep = (hash: number, byte: number): number => {
  const mixed = Math.imul(hash ^ byte, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

/** The hash of `bytes[start, end)`. */
export const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = 0
  for (let i = end - 1; i >= start; i -= 1) hash = hashStep(hash, bytes[i] ?? 0)
  return hash
}
