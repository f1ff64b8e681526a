import type { ServerResponse } from 'node:http'
import { type AnswerHeaders, type Exchange, isEventStream } from './exchange.ts'
import { atTurnEnd } from './turn-end.ts'

/** The answer half of an exchange, over a Node response. */
export interface NodeAnswer
  extends Pick<Exchange, 'isAnswered' | 'head' | 'data' | 'ready' | 'end' | 'send'> {
  /** Lets a writer go that waits for a reader. */
  wake(): void
  /** Was all of it given, though not all may be written? */
  isEnded(): boolean
}

/** Bytes that are gathered within one turn of the event loop at most, before they are written. */
const gatheredBytes = 64 * 1024
/** The same for texts, in characters: they are made here, and wait in memory where a client does not read. */
const gatheredText = 16 * 1024
/** Characters. */
const longText = 4096

/**
 * Writes an answer. What is given within one turn of the event loop, mostly the events of one packet, is one write, and
 * all answers are written at its end: a write wakes up the client at the other end, and one after the other they do so
 * once where it is the same. `isLast`: does the connection end with this answer?
 */
export const createNodeAnswer = (response: ServerResponse, isLast: () => boolean): NodeAnswer => {
  let status = 0
  // Until it is written, with the first pieces of the answer.
  let head: AnswerHeaders | undefined
  let isChunked = false
  const pieces: Piece[] = []
  let gathered = 0
  let isScheduled = false
  let isEnded = false
  let waiting: PromiseWithResolvers<void> | undefined

  const wake = () => {
    waiting?.resolve()
    waiting = undefined
  }
  const isOver = () => isEnded || response.destroyed || response.writableEnded
  const writeHead = (answer: AnswerHeaders, length?: number) => {
    const all = isLast() ? { ...answer, connection: 'close' } : answer
    response.writeHead(status, length === undefined ? all : { ...all, 'content-length': String(length) })
    head = undefined
    // It was announced. Node would write each chunk in four pieces, from here on they are made in one.
    isChunked = response.chunkedEncoding
    response.chunkedEncoding = false
  }
  const take = (isEnd: boolean): Uint8Array => {
    const all = isChunked ? toChunk(pieces, isEnd) : toBody(pieces)
    pieces.length = 0
    gathered = 0
    return all
  }
  const write = () => {
    if (pieces.length === 0) return
    if (head !== undefined) writeHead(head)
    response.write(take(false))
  }
  const finish = () => {
    if (head !== undefined) {
      const isCounted = !isEventStream(head) && head['content-length'] === undefined
      writeHead(head, isCounted ? lengthOf(pieces) : undefined)
    }
    response.end(take(true))
  }
  const flush = () => {
    isScheduled = false
    if (response.destroyed || response.writableEnded) return
    if (isEnded) finish()
    else write()
  }
  const flushSoon = () => {
    if (isScheduled) return
    isScheduled = true
    atTurnEnd(flush)
  }

  return {
    isAnswered: () => status !== 0,
    isEnded: () => isEnded,
    wake,
    head(code, answer) {
      status = code
      head = answer
    },
    data(bytes) {
      if (isOver()) return true
      // Bytes are lent. A long text made of many is let go of with its bytes, which may wait for a client that does not
      // read.
      const isKept = typeof bytes === 'string' && bytes.length <= longText
      pieces.push(isKept ? bytes : Buffer.from(bytes))
      gathered += bytes.length
      // The first piece of an answer that is no stream is mostly the only one: then its length can be announced.
      if (head !== undefined && pieces.length === 1 && !isEventStream(head)) return true
      if (gathered >= (typeof bytes === 'string' ? gatheredText : gatheredBytes)) write()
      else flushSoon()
      return !response.writableNeedDrain
    },
    async ready() {
      if (!response.writableNeedDrain || isOver()) return
      if (waiting === undefined) {
        waiting = Promise.withResolvers()
        response.once('drain', wake)
      }
      await waiting.promise
    },
    end() {
      if (isOver()) return
      isEnded = true
      flushSoon()
    },
    send(code, answer, text) {
      if (isOver()) return
      status = code
      writeHead(answer, Buffer.byteLength(text))
      response.end(text)
    },
  }
}

type Piece = Uint8Array | string

const lengthOf = (pieces: readonly Piece[]): number => {
  let length = 0
  for (const piece of pieces) length += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
  return length
}

/** Several small writes cost far more than one that is as long. `before` and `behind` are ASCII. */
const join = (pieces: readonly Piece[], before: string, length: number, behind: string): Buffer => {
  const bytes = Buffer.allocUnsafe(before.length + length + behind.length)
  let at = bytes.write(before, 'latin1')
  for (const piece of pieces) {
    if (typeof piece === 'string') at += bytes.write(piece, at)
    else {
      bytes.set(piece, at)
      at += piece.length
    }
  }
  bytes.write(behind, at, 'latin1')
  return bytes
}

const toBody = (pieces: readonly Piece[]): Uint8Array => {
  const [only] = pieces
  return pieces.length === 1 && typeof only === 'object' ? only : join(pieces, '', lengthOf(pieces), '')
}

const lastChunk = '0\r\n\r\n'

/** Pieces as one chunk, and the end of the body behind them. A chunk without content would be its end. */
const toChunk = (pieces: readonly Piece[], isEnd: boolean): Buffer => {
  const length = lengthOf(pieces)
  const end = isEnd ? lastChunk : ''
  return length === 0
    ? join([], '', 0, end)
    : join(pieces, `${length.toString(16)}\r\n`, length, `\r\n${end}`)
}
