import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBodyReader, spareBytes } from '../http/json-body.ts'
import { type AnswerHeaders, clientGone, type Exchange, isEventStream, splitTarget } from './exchange.ts'

/** Bytes that are gathered within one turn of the event loop at most, before they are written. */
const gatheredBytes = 16 * 1024

/**
 * An exchange over Node's own request and response: no `Request`, `Response` or `ReadableStream` on the way. What is
 * written within one turn of the event loop, mostly the events of one packet, is one write.
 */
export const createNodeExchange = (request: IncomingMessage, response: ServerResponse): Exchange => {
  const [path, query] = splitTarget(request.url ?? '')
  const headers = plainHeaders(request)
  const controller = new AbortController()
  const body = createIncomingBody(request, headers)
  let status = 0
  // Until it is written, with the first pieces of the answer.
  let head: AnswerHeaders | undefined
  const pieces: (Uint8Array | string)[] = []
  let gathered = 0
  let isScheduled = false
  let waiting: PromiseWithResolvers<void> | undefined
  const wake = () => {
    waiting?.resolve()
    waiting = undefined
  }

  const abort = (reason: unknown) => {
    controller.abort(reason)
    body.leave(reason)
    wake()
  }
  response.on('close', () => {
    if (!response.writableFinished) abort(clientGone())
  })

  const writeHead = (answer: AnswerHeaders, length: number | undefined) => {
    const last = body.isUnreadable() ? { ...answer, connection: 'close' } : answer
    response.writeHead(status, length === undefined ? last : { ...last, 'content-length': String(length) })
    head = undefined
  }
  const take = (): Uint8Array | string | undefined => {
    const all = join(pieces)
    pieces.length = 0
    gathered = 0
    return all
  }
  const flush = () => {
    isScheduled = false
    if (pieces.length === 0 || response.destroyed) return
    if (head !== undefined) writeHead(head, undefined)
    response.write(take())
  }

  return {
    method: request.method ?? '',
    path,
    query,
    headers,
    signal: controller.signal,
    isAnswered: () => status !== 0,
    readBody: body.read,
    dropBody: body.drop,
    head(code, answer) {
      status = code
      head = answer
    },
    data(bytes) {
      if (response.destroyed) return true
      pieces.push(bytes)
      gathered += bytes.length
      // The first piece of an answer that is no stream is mostly the only one: then its length can be announced.
      if (head !== undefined && pieces.length === 1 && !isEventStream(head)) return true
      if (gathered >= gatheredBytes) flush()
      else if (!isScheduled) {
        isScheduled = true
        process.nextTick(flush)
      }
      return !response.writableNeedDrain
    },
    async ready() {
      if (!response.writableNeedDrain || response.destroyed) return
      if (waiting === undefined) {
        waiting = Promise.withResolvers()
        response.once('drain', wake)
      }
      await waiting.promise
    },
    end() {
      if (response.destroyed) return
      const rest = take()
      if (head !== undefined) {
        const isCounted = !isEventStream(head) && head['content-length'] === undefined
        writeHead(head, isCounted ? Buffer.byteLength(rest ?? '') : undefined)
      }
      response.end(rest)
    },
    send(code, answer, text) {
      if (response.destroyed) return
      status = code
      writeHead(answer, Buffer.byteLength(text))
      response.end(text)
    },
    abort,
    cut: () => void response.destroy(),
  }
}

/** Several small writes cost far more than one that is as long. */
const join = (pieces: readonly (Uint8Array | string)[]): Uint8Array | string | undefined => {
  if (pieces.length < 2) return pieces[0]
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('')
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

/** Of all request headers Node gives only `set-cookie` as a list; no client means that one. */
const plainHeaders = ({ headers }: IncomingMessage): Record<string, string> => {
  if (headers['set-cookie'] !== undefined) delete headers['set-cookie']
  return headers as Record<string, string>
}

/** The body of a request: read once, or dropped, or left where there is too much of it. */
const createIncomingBody = (request: IncomingMessage, headers: Readonly<Record<string, string>>) => {
  const declared = headers['content-length']
  // Without either header a request has no body.
  let isWhole = declared === undefined && headers['transfer-encoding'] === undefined
  let fail: ((reason: unknown) => void) | undefined
  let isAbandoned = false

  /** Lets `take` have each chunk until it wants no more, or there are none. */
  const pump = (take: (chunk: Uint8Array) => boolean) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onData = (chunk: Uint8Array) => {
      if (take(chunk)) return
      isAbandoned = true
      request.pause()
      stop()
      resolve()
    }
    const onEnd = () => {
      isWhole = true
      stop()
      resolve()
    }
    const stop = () => {
      fail = undefined
      request.removeListener('data', onData)
      request.removeListener('end', onEnd)
    }
    fail = (reason) => {
      stop()
      reject(reason)
    }
    request.on('data', onData)
    request.on('end', onEnd)
    return promise
  }

  return {
    async read(limit: number): Promise<Uint8Array> {
      const reader = createBodyReader(limit, declared)
      if (!isWhole) await pump(reader.add)
      return reader.bytes()
    },
    async drop(): Promise<void> {
      if (isWhole || isAbandoned) return
      isAbandoned = request.destroyed || Number(declared ?? 0) > spareBytes
      if (isAbandoned) return
      let size = 0
      try {
        await pump((chunk) => {
          size += chunk.length
          return size <= spareBytes
        })
      } catch {
        // Nobody waits for the rest any more.
        isAbandoned = true
      }
    },
    /** Ends a reading: nothing more will come, or nobody waits for it. */
    leave(reason: unknown) {
      fail?.(reason)
    },
    isUnreadable: () => isAbandoned,
  }
}
