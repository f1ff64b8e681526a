import { Buffer } from 'node:buffer'
import { type LineScan, malformed, readFields, scanLines, unfinished } from './answer-head.ts'

/** How the end of a body is known: there is none, by its length, by its last chunk, by the end of the connection. */
export type Framing = 'none' | 'length' | 'chunked' | 'close'

type ChunkPhase = 'size' | 'extension' | 'size-end' | 'data' | 'data-end' | 'data-end-2' | 'trailer'

/** Where the reading of one body stands. */
export interface BodyState {
  readonly framing: Framing
  isComplete: boolean
  /** What is wrong with it; nothing is read behind that. */
  fault: string | undefined
  /** Bytes that the body or its present chunk still has. */
  remaining: number
  /** Content in the bytes that were read last, without framing. */
  start: number
  end: number
  phase: ChunkPhase
  /** Bytes of the present line of framing. */
  lineBytes: number
  scan: LineScan | undefined
  trailer: string
}

/** A body of which nothing was read yet. */
export const startBody = (framing: Framing, length: number): BodyState => ({
  framing,
  isComplete: framing === 'none' || (framing === 'length' && length === 0),
  fault: undefined,
  remaining: length,
  start: 0,
  end: 0,
  phase: 'size',
  lineBytes: 0,
  scan: undefined,
  trailer: '',
})

/**
 * Reads on in a body that is not complete; returns the position behind what belongs to it. The content of these bytes is
 * moved together within them, so that it can be taken out as one: `start` to `end`.
 */
export const readBody = (body: BodyState, bytes: Uint8Array, from: number, to: number): number => {
  body.start = from
  body.end = from
  if (body.framing === 'chunked') return readChunks(body, bytes, from, to)
  if (body.framing === 'close') {
    body.end = to
    return to
  }
  const size = Math.min(body.remaining, to - from)
  body.end = from + size
  body.remaining -= size
  body.isComplete = body.remaining === 0
  return body.end
}

/** As long as a size may be written, leading zeros and all. */
const mostDigits = 16
/** As long as a size is that needs no further thought. */
const mostPlainDigits = 6
const mostExtensionBytes = 1024
const mostTrailerBytes = 16_384

const cr = 13
const lf = 10
const semicolon = 59

/** https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
const readChunks = (body: BodyState, bytes: Uint8Array, from: number, to: number): number => {
  let at = from
  while (at < to) {
    if (body.phase === 'data') {
      const size = Math.min(body.remaining, to - at)
      if (body.start === body.end) {
        body.start = at
        body.end = at + size
      } else {
        bytes.copyWithin(body.end, at, at + size)
        body.end += size
      }
      at += size
      body.remaining -= size
      if (body.remaining === 0) body.phase = 'data-end'
      continue
    }
    if (body.phase === 'trailer') return readTrailer(body, bytes, at, to)
    const next = skipFraming(body, bytes, at, to)
    if (next > at) {
      at = next
      continue
    }
    body.fault = readFraming(body, bytes[at] ?? 0)
    if (body.fault !== undefined) return at
    at += 1
  }
  return at
}

/**
 * Takes the end of a chunk and the size of the next one, where all of it is there and as it mostly is: most chunks are
 * short, and so it is a good part of what their framing costs. Returns the position behind it, or `from` for anything
 * else, which is for {@link readFraming} to judge.
 */
const skipFraming = (body: BodyState, bytes: Uint8Array, from: number, to: number): number => {
  let start = from
  if (body.phase === 'data-end' && bytes[from] === cr && bytes[from + 1] === lf) start += 2
  else if (body.phase !== 'size' || body.lineBytes > 0) return from
  let size = 0
  let at = start
  for (const most = Math.min(start + mostPlainDigits, to); at < most; at += 1) {
    const digit = hexDigit(bytes[at] ?? 0)
    if (digit === -1) break
    size = size * 16 + digit
  }
  // Behind `to` is what was read before.
  if (at === start || at + 2 > to || bytes[at] !== cr || bytes[at + 1] !== lf) return from
  body.remaining = size
  body.phase = size === 0 ? 'trailer' : 'data'
  return at + 2
}

/** Takes one byte around the content of a chunk; returns what is wrong with it. */
const readFraming = (body: BodyState, byte: number): string | undefined => {
  switch (body.phase) {
    case 'size': {
      const digit = hexDigit(byte)
      if (digit !== -1) {
        body.remaining = body.remaining * 16 + digit
        body.lineBytes += 1
        const isHuge = body.lineBytes > mostDigits || body.remaining > Number.MAX_SAFE_INTEGER
        return isHuge ? 'a chunk whose size is no sensible one' : undefined
      }
      if (body.lineBytes === 0) return 'a chunk without a size'
      if (byte !== cr && byte !== semicolon) return 'a chunk whose size is no number'
      body.phase = byte === cr ? 'size-end' : 'extension'
      body.lineBytes = 0
      return undefined
    }
    case 'extension':
      // Nobody needs them; https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1 wants them bounded.
      body.lineBytes += 1
      if (byte === cr) body.phase = 'size-end'
      else if (byte < 32 ? byte !== 9 : byte === 127) return 'a chunk extension with a control character'
      return body.lineBytes > mostExtensionBytes ? 'a chunk extension that is too long' : undefined
    case 'size-end':
      if (byte !== lf) return 'a chunk size without a line end'
      body.lineBytes = 0
      body.phase = body.remaining === 0 ? 'trailer' : 'data'
      return undefined
    case 'data-end':
      if (byte !== cr) return 'a chunk that is longer than its size'
      body.phase = 'data-end-2'
      return undefined
    default:
      if (byte !== lf) return 'a chunk that is longer than its size'
      body.phase = 'size'
      return undefined
  }
}

/** The value of a hexadecimal digit, or -1. */
const hexDigit = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** Fields behind the body are checked, and handed to nobody. https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2 */
const readTrailer = (body: BodyState, bytes: Uint8Array, from: number, to: number): number => {
  body.scan ??= { seen: 2 }
  const end = scanLines(body.scan, bytes, from, to)
  if (end === malformed) {
    body.fault = 'a trailer that is malformed'
    return from
  }
  const stop = end === unfinished ? to : end
  body.trailer += Buffer.from(bytes.buffer, bytes.byteOffset + from, stop - from).toString('latin1')
  if (body.trailer.length > mostTrailerBytes) body.fault = 'a trailer that is too long'
  else if (end !== unfinished) {
    const fields = readFields(body.trailer, 0)
    if ('fault' in fields) body.fault = fields.fault
    else body.isComplete = true
  }
  return stop
}
