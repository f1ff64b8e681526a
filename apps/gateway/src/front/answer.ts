import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { type AnswerHeaders, type Exchange, isEventStream } from '../v1/exchange.ts'
import { toHeadText } from './answer-head.ts'
import { createParcel, type Outbox } from './outbox.ts'

/** The answer half of an exchange, over a socket. */
export interface Answer extends Pick<Exchange, 'isAnswered' | 'head' | 'data' | 'ready' | 'end' | 'send'> {
  /** Lets a writer go that waits for a reader. */
  wake(): void
  /** Was all of it given, though not all may be written? */
  isEnded(): boolean
}

/** What an answer is written with. */
export interface AnswerOptions {
  outbox: Outbox
  keepAliveSeconds: number
  now(): number
  /** Does the connection end with this answer, whatever its headers say? */
  isLast(): boolean
  /** All of it was given to the socket. `isLast`: the connection has to end. */
  onWritten(isLast: boolean): void
  /** It cannot be written, which whoever writes it is told too. */
  onFault(error: unknown): void
}

/** Writes an answer. The bytes that it is given are copied, and written at the end of the turn with what follows them. */
export const createAnswer = (socket: Socket, options: AnswerOptions): Answer => {
  const { outbox } = options
  let status = 0
  // Until it is written, with the first piece of the answer.
  let head: AnswerHeaders | undefined
  // The first piece of an answer that is no stream is mostly the only one: then its length can be announced.
  let held: Uint8Array | string | undefined
  let isChunked = false
  // Bytes that were announced and have not come.
  let missing = 0
  let isLast = false
  let isEnded = false
  let waiting: PromiseWithResolvers<void> | undefined

  const parcel = createParcel(socket, () => {
    if (isEnded) options.onWritten(isLast || missing !== 0)
  })
  const wake = () => {
    waiting?.resolve()
    waiting = undefined
  }
  const isOver = () => isEnded || !socket.writable
  const isBare = () => status === 204 || status === 304
  const writeHead = (headers: AnswerHeaders, given?: number) => {
    const length = isBare() ? undefined : given
    const announced = isBare() ? 0 : (length ?? headers['content-length'])
    isLast = options.isLast() || headers.connection === 'close'
    isChunked = announced === undefined
    missing = isChunked ? 0 : Number(announced)
    const { keepAliveSeconds } = options
    const framing = { length, isChunked, isLast, keepAliveSeconds, now: options.now() }
    try {
      outbox.putLatin1(parcel, toHeadText(status, headers, framing))
    } catch (error) {
      options.onFault(error)
      throw error
    }
    head = undefined
  }
  const put = (piece: Uint8Array | string, length: number) => {
    if (typeof piece === 'string') outbox.putUtf8(parcel, piece, length)
    else outbox.putBytes(parcel, piece)
  }
  const writeBody = (piece: Uint8Array | string) => {
    if (isBare()) return
    const length = lengthOf(piece)
    if (isChunked) {
      outbox.putLatin1(parcel, `${length.toString(16)}\r\n`)
      put(piece, length)
      outbox.putLatin1(parcel, '\r\n')
      return
    }
    missing -= length
    // More than was announced would be read as the next answer.
    if (missing >= 0) put(piece, length)
  }
  const finish = () => {
    if (head !== undefined) {
      const isCounted = isBare() || isEventStream(head) || head['content-length'] !== undefined
      writeHead(head, isCounted ? undefined : lengthOf(held ?? ''))
      if (held !== undefined) writeBody(held)
      held = undefined
    }
    if (isChunked) outbox.putLatin1(parcel, '0\r\n\r\n')
    isEnded = true
    outbox.list(parcel)
  }

  return {
    isAnswered: () => status !== 0,
    isEnded: () => isEnded,
    wake,
    head(code, headers) {
      status = code
      head = headers
    },
    data(piece) {
      if (isOver() || piece.length === 0) return true
      if (head !== undefined) {
        if (held === undefined && !isEventStream(head) && head['content-length'] === undefined) {
          held = typeof piece === 'string' ? piece : Buffer.from(piece)
          return true
        }
        writeHead(head)
        if (held !== undefined) writeBody(held)
        held = undefined
      }
      writeBody(piece)
      return !socket.writableNeedDrain
    },
    async ready() {
      if (!socket.writableNeedDrain || isOver()) return
      waiting ??= Promise.withResolvers()
      await waiting.promise
    },
    end() {
      if (!isOver()) finish()
    },
    send(code, headers, text) {
      if (isOver()) return
      status = code
      writeHead(headers, Buffer.byteLength(text))
      writeBody(text)
      isEnded = true
      outbox.list(parcel)
    },
  }
}

const lengthOf = (piece: Uint8Array | string): number =>
  typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
