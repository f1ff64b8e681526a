import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { ApiError } from '../http/api-error.ts'
import { clientGone, type Exchange, splitTarget } from '../v1/exchange.ts'
import { type Answer, createAnswer } from './answer.ts'
import type { Outbox } from './outbox.ts'
import { createRequestBody, type RequestBody } from './request-body.ts'
import { readRequestHead } from './request-head.ts'

/** Milliseconds that things may take. */
export interface FrontLimits {
  /** From the beginning of a connection to its first request. */
  headersTimeout: number
  /** For a request to arrive as a whole. */
  requestTimeout: number
  /** Between an answer and the next request. */
  keepAliveTimeout: number
}

/** What connections work with. */
export interface ConnectionOptions {
  limits: FrontLimits
  outbox: Outbox
  serve(exchange: Exchange): void
  /** Gives up the connection to somebody who reads these bytes, and all that follow. */
  passOn(bytes: Buffer): void
  /** A request was taken; the function is called once its answer is with the system, or the connection gone. */
  onRequest(): () => void
  onClose(connection: Connection): void
  /** Is this the last answer of every connection? */
  isClosing(): boolean
  /** Milliseconds, monotonic. */
  elapsed(): number
  /** Milliseconds since the epoch. */
  now(): number
}

/** A connection with a client. */
export interface Connection {
  /** Ends it if it waits in vain. */
  look(now: number): void
  /** Ends it if nothing is being answered. */
  closeIfIdle(): void
  /** Ends it at once. */
  cut(): void
}

interface Running {
  readonly controller: AbortController
  readonly body: RequestBody
  readonly answer: Answer
  readonly startedAt: number
  readonly done: () => void
}

/** Bytes that may come behind a request before its answer has ended; then the client has to wait. */
const mostBehind = 64 * 1024
/** And in so many pieces, each of which takes more memory than a few bytes. */
const mostPieces = 256
/** A client whose request was on the way when its time was up is not cut off. */
const graceMs = 1000

/** Takes the requests of a connection one by one, until one comes that is not plain. */
export const createConnection = (socket: Socket, options: ConnectionOptions): Connection => {
  const { limits, outbox, elapsed } = options
  let running: Running | undefined
  // What came behind the running request.
  let behind: Buffer[] = []
  let behindBytes = 0
  let idleSince = elapsed()
  let idleMs = limits.headersTimeout

  const onData = (bytes: Buffer) => {
    if (running !== undefined) keep(running.body.push(bytes))
    // In its turn, and not before the client has read enough of its last answer.
    else if (behindBytes > 0 || socket.writableNeedDrain) keep(bytes)
    else begin(bytes)
  }
  const keep = (rest: Buffer | undefined) => {
    if (rest === undefined) return
    behind.push(rest)
    behindBytes += rest.length
    if (behindBytes >= mostBehind || behind.length >= mostPieces) socket.pause()
  }
  const onEnd = () => {
    // Whoever sends no more has left, as for most servers; what was answered already goes out.
    if (running === undefined) socket.destroySoon()
    else if (!running.answer.isEnded()) socket.destroy()
  }
  const onDrain = () => {
    if (running === undefined) goOn()
    else running.answer.wake()
  }
  const onClose = () => {
    options.onClose(connection)
    const left = running
    running = undefined
    if (left === undefined) return
    left.done()
    abort(left, clientGone())
  }

  const begin = (bytes: Buffer) => {
    // Nothing is taken behind a last answer.
    if (!socket.writable) return
    const head = readRequestHead(bytes)
    if (head === undefined) {
      leave()
      options.passOn(bytes)
      return
    }
    const controller = new AbortController()
    const body = createRequestBody(socket, head.length)
    const answer = createAnswer(socket, {
      outbox,
      keepAliveSeconds: limits.keepAliveTimeout / 1000,
      now: options.now,
      isLast: () => options.isClosing() || body.isUnreadable(),
      onWritten,
      onFault(error) {
        abort(now, error)
        socket.destroy()
      },
    })
    const now: Running = { controller, body, answer, startedAt: elapsed(), done: options.onRequest() }
    running = now
    const rest = bytes.length > head.size ? bytes.subarray(head.size) : undefined
    keep(rest && body.push(rest))
    const [path, query] = splitTarget(head.target)
    options.serve({
      method: 'POST',
      path,
      query,
      headers: head.headers,
      signal: controller.signal,
      readBody: body.read,
      dropBody: body.drop,
      isAnswered: answer.isAnswered,
      head: answer.head,
      data: answer.data,
      ready: answer.ready,
      end: answer.end,
      send: answer.send,
      abort: (reason) => abort(now, reason),
      cut() {
        // A whole answer stays one, whatever went wrong behind it.
        if (!answer.isEnded()) socket.destroy()
      },
    })
  }
  const onWritten = (isLast: boolean) => {
    if (running === undefined) return
    const { body, done } = running
    running = undefined
    if (socket.writableLength === 0) done()
    // A client that reads slowly has not got it yet.
    else socket.write('', () => done())
    if (isLast || options.isClosing() || socket.readableEnded || !body.isWhole()) {
      socket.destroySoon()
      return
    }
    idleSince = elapsed()
    idleMs = limits.keepAliveTimeout + graceMs
    goOn()
  }
  /** Takes what came behind the last request, once the client has read enough of its answer. */
  const goOn = () => {
    if (behindBytes === 0 || socket.writableNeedDrain) return
    const bytes = Buffer.concat(behind)
    behind = []
    behindBytes = 0
    socket.resume()
    begin(bytes)
  }

  const leave = () => {
    options.onClose(connection)
    socket.off('data', onData).off('end', onEnd).off('drain', onDrain).off('close', onClose)
    socket.off('error', ignore)
  }
  const connection: Connection = {
    look(now) {
      if (running !== undefined) {
        const isLate = now - running.startedAt >= limits.requestTimeout
        if (isLate && !running.body.isWhole()) running.body.expire(tooSlow())
        // A client that reads its last answer slowly is busy.
      } else if (socket.writableLength > 0) idleSince = now
      else if (now - idleSince >= idleMs) socket.destroy()
    },
    closeIfIdle() {
      if (running === undefined) socket.destroySoon()
    },
    cut: () => socket.destroy(),
  }
  socket.on('data', onData).on('end', onEnd).on('drain', onDrain).on('close', onClose).on('error', ignore)
  return connection
}

const abort = ({ controller, body, answer }: Running, reason: unknown) => {
  controller.abort(reason)
  body.leave(reason)
  answer.wake()
}

// What breaks a connection closes it, and that is what counts.
const ignore = () => {}

const tooSlow = (): ApiError =>
  new ApiError(408, {
    type: 'invalid_request_error',
    code: 'request_timeout',
    message: 'The request took too long to arrive.',
  })
