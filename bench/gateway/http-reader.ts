/** What stands on a connection, in order. */
export interface HttpListener {
  /** The start line and the header lines, each with its CR LF. */
  head(head: string): void
  /** A piece of the body, without the framing. It lies in the buffer that was pushed. */
  body(piece: Buffer): void
  end(): void
}

/** Reads the HTTP/1.1 messages of one direction of a connection. */
export interface HttpReader {
  push(bytes: Buffer): void
  /** The connection has ended: so has a body without a length. */
  close(): void
}

type Part = 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'to-end'

const blankLine = Buffer.from('\r\n\r\n')
const lineEnd = Buffer.from('\r\n')
const lengthHeader = /\r\ncontent-length: *(\d+)/i
const chunkedHeader = /\r\ntransfer-encoding: *chunked/i
/** Answers that have no body whatever their headers say. */
const bodiless = /^HTTP\/1\.1 (1\d\d|204|304) /

/** How the body behind a head is framed, and its length. */
const framingOf = (head: string): { part: Part; length: number } => {
  const length = lengthHeader.exec(head)?.[1]
  if (bodiless.test(head)) return { part: 'length', length: 0 }
  if (length !== undefined) return { part: 'length', length: Number(length) }
  if (chunkedHeader.test(head)) return { part: 'size', length: 0 }
  // Only an answer may end with its connection; a request without a length has no body.
  return head.startsWith('HTTP/') ? { part: 'to-end', length: 0 } : { part: 'length', length: 0 }
}

/**
 * A reader for well-behaved peers on loopback, made to cost little: what generates load and what answers it must not
 * be what limits a gateway. It keeps only an unfinished head or line between two pushes.
 */
export const createHttpReader = (listener: HttpListener): HttpReader => {
  let part: Part = 'head'
  let remaining = 0
  let carry: Buffer | undefined

  const finish = (): void => {
    part = 'head'
    listener.end()
  }

  /** Reads a head or a line of framing at `at`; returns where it ends, or -1 where it is not complete. */
  const readLines = (bytes: Buffer, at: number): number => {
    if (part === 'head') {
      const end = bytes.indexOf(blankLine, at)
      if (end === -1) return -1
      const head = bytes.toString('latin1', at, end + 2)
      const framing = framingOf(head)
      listener.head(head)
      part = framing.part
      remaining = framing.length
      if (part === 'length' && remaining === 0) finish()
      return end + 4
    }
    const end = bytes.indexOf(lineEnd, at)
    if (end === -1) return -1
    if (part === 'size') {
      remaining = Number.parseInt(bytes.toString('latin1', at, end), 16)
      if (Number.isNaN(remaining)) throw new Error('A chunk has no size.')
      part = remaining === 0 ? 'trailer' : 'chunk'
    } else if (part === 'chunk-end') part = 'size'
    else if (end === at) finish()
    return end + 2
  }

  const readBody = (bytes: Buffer, at: number): number => {
    const length = part === 'to-end' ? bytes.length - at : Math.min(remaining, bytes.length - at)
    listener.body(at === 0 && length === bytes.length ? bytes : bytes.subarray(at, at + length))
    if (part === 'to-end') return at + length
    remaining -= length
    if (remaining === 0 && part === 'chunk') part = 'chunk-end'
    else if (remaining === 0) finish()
    return at + length
  }

  return {
    push: (pushed) => {
      const bytes = carry === undefined ? pushed : Buffer.concat([carry, pushed])
      carry = undefined
      let at = 0
      while (at < bytes.length) {
        const isBody = part === 'length' || part === 'chunk' || part === 'to-end'
        const next = isBody ? readBody(bytes, at) : readLines(bytes, at)
        if (next === -1) {
          carry = bytes.subarray(at)
          return
        }
        at = next
      }
    },
    close: () => {
      if (part === 'to-end') finish()
    },
  }
}
