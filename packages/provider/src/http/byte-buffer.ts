/**
 * Bytes that arrive in pieces, in memory that is a small multiple of their number however small the pieces are. Plain
 * data, since a gateway holds several of them for each of thousands of streams.
 */
export interface ByteBuffer {
  bytes: Uint8Array
  /** How many of them are taken; behind them is room. */
  length: number
}

const none = new Uint8Array()
/** The first memory of a buffer: an event or two. */
const leastRoom = 1024
/** A larger one is given up with what was in it. */
const mostKept = 16_384

/** An empty buffer. */
export const createByteBuffer = (): ByteBuffer => ({ bytes: none, length: 0 })

/** Adds a copy of a piece. */
export const append = (buffer: ByteBuffer, piece: Uint8Array): void => {
  const { bytes, length } = buffer
  const needed = length + piece.byteLength
  if (needed > bytes.byteLength) {
    // The first piece is often the only one.
    buffer.bytes = new Uint8Array(Math.max(leastRoom, length === 0 ? needed : needed * 2))
    if (length > 0) buffer.bytes.set(bytes.subarray(0, length))
  }
  buffer.bytes.set(piece, length)
  buffer.length = needed
}

/**
 * All of it, until more is added; the buffer is empty then. It keeps its memory for what comes later: new memory outside
 * the heap, however short its life, is what brings on the next full collection.
 */
export const takeAll = (buffer: ByteBuffer): Uint8Array => {
  const { bytes, length } = buffer
  buffer.length = 0
  if (bytes.byteLength > mostKept) buffer.bytes = none
  return bytes.subarray(0, length)
}
