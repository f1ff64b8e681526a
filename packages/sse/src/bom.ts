const BOM = [0xef, 0xbb, 0xbf]
const EMPTY = new Uint8Array(0)

/**
 * Creates what lets all bytes of a stream through but a byte order mark at its beginning. Bytes that may become one are
 * held back; a stream that ends with them had nothing to say.
 */
export const createBomSkipper = (): ((bytes: Uint8Array) => Uint8Array) => {
  let seen = 0

  return (bytes) => {
    if (seen > BOM.length || bytes.length === 0) return bytes
    const before = seen
    let at = 0
    while (seen < BOM.length && at < bytes.length && bytes[at] === BOM[seen]) {
      seen += 1
      at += 1
    }
    if (seen < BOM.length && at === bytes.length) return EMPTY
    const isBom = seen === BOM.length
    seen = BOM.length + 1
    if (isBom) return bytes.subarray(at)
    if (before === 0) return bytes
    // What was held back was no mark after all.
    return Uint8Array.of(...BOM.slice(0, before), ...bytes)
  }
}
