import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { BodyCoding } from './response-head.ts'

/** Undoes the compression of one body. */
export interface BodyDecoder {
  /** Returns false to ask for a pause until `onDrain`. */
  write(chunk: Uint8Array): boolean
  end(): void
  /** Hands out nothing until `resume`. */
  pause(): void
  resume(): void
  destroy(): void
}

/** Where a decoder hands its bytes. Nothing is called after `destroy`. */
export interface BodyDecoderEvents {
  onData(bytes: Uint8Array): void
  onDrain(): void
  onEnd(): void
  onError(error: Error): void
}

/**
 * A decoder of a body that begins with `first`, which is still to be written. What a chunk holds comes out at once, so
 * an event of a stream does not wait for the next. A body whose end is missing ends like a whole one, as in every
 * common client: servers that leave it out are not rare, and whoever reads the body sees what lacks.
 */
export const createBodyDecoder = (
  coding: BodyCoding,
  first: Uint8Array,
  events: BodyDecoderEvents,
): BodyDecoder => {
  const stream = open(coding, first)
  stream.on('data', events.onData)
  stream.on('drain', events.onDrain)
  stream.on('end', events.onEnd)
  stream.on('error', events.onError)
  return {
    write: (chunk) => stream.write(chunk),
    end: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    destroy() {
      stream.removeAllListeners()
      // A write that is under way may still fail, which nobody wants to hear of.
      stream.on('error', () => {})
      stream.destroy()
    },
  }
}

const flushed = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }

const open = (coding: BodyCoding, first: Uint8Array) => {
  if (coding === 'gzip') return createGunzip(flushed)
  if (coding === 'br') {
    const flush = constants.BROTLI_OPERATION_FLUSH
    return createBrotliDecompress({ flush, finishFlush: flush })
  }
  // Some servers send `deflate` without the zlib header that it should have.
  return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate(flushed) : createInflateRaw(flushed)
}
