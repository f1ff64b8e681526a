/** Bytes that arrive in pieces, in memory that is a small multiple of their number however small the pieces are. */
export interface ByteBuffer {
  bytes: Uint8Array | undefined
  /** How many of them are taken; a buffer that has grown has room behind them. */
  length: number
}

const least = 1024

/** An empty buffer. Plain data, since a gateway holds several of them for each of thousands of streams. */
export const createByteBuffer = (): ByteBuffer => ({ bytes: undefined, length: 0 })

/** Adds a piece. The first one is kept as it is; only a second one makes a copy. */
export const append = (buffer: ByteBuffer, piece: Uint8Array): void => {
  const { bytes, length } = buffer
  const needed = length + piece.byteLength
  if (bytes === undefined) {
    buffer.bytes = piece
    buffer.length = needed
    return
  }
  // The first piece has no room, and what lies behind it in memory is somebody else's.
  if (needed > bytes.byteLength) {
    const grown = new Uint8Array(Math.max(least, needed * 2))
    grown.set(bytes.subarray(0, length))
    buffer.bytes = grown
  }
  buffer.bytes?.set(piece, length)
  buffer.length = needed
}

/** All of it; the buffer is empty then and holds on to nothing. */
export const takeAll = (buffer: ByteBuffer): Uint8Array => {
  const { bytes, length } = buffer
  buffer.bytes = undefined
  buffer.length = 0
  return bytes === undefined ? new Uint8Array() : bytes.subarray(0, length)
}
