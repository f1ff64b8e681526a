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

/*
 * Small memory is a part of a larger piece. Each piece lies outside the heap: to allocate it and to have it collected
 * costs more than what is done in it. All of a piece lives for as long as any part does, so it is not much larger.
 */
const slabBytes = 8192
let slab = none
let used = slabBytes

const allocate = (size: number): Uint8Array => {
  if (size > slabBytes / 2) return new Uint8Array(size)
  if (used + size > slabBytes) {
    slab = new Uint8Array(slabBytes)
    used = 0
  }
  used += size
  return slab.subarray(used - size, used)
}

/** An empty buffer. */
export const createByteBuffer = (): ByteBuffer => ({ bytes: none, length: 0 })

/** Adds a copy of a piece. */
export const append = (buffer: ByteBuffer, piece: Uint8Array): void => {
  const { bytes, length } = buffer
  const needed = length + piece.byteLength
  if (needed > bytes.byteLength) {
    // The first piece is often the only one.
    buffer.bytes = allocate(Math.max(leastRoom, length === 0 ? needed : needed * 2))
    if (length > 0) buffer.bytes.set(bytes.subarray(0, length))
  }
  buffer.bytes.set(piece, length)
  buffer.length = needed
}

/** All of it, until more is added; the buffer is empty then. It keeps its memory for what comes later. */
export const takeAll = (buffer: ByteBuffer): Uint8Array => {
  const { bytes, length } = buffer
  buffer.length = 0
  if (bytes.byteLength > mostKept) buffer.bytes = none
  return bytes.subarray(0, length)
}
