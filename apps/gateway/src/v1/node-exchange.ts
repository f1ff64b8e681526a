import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBodyReader, spareBytes } from '../http/json-body.ts'
import { type AnswerHeaders, clientGone, type Exchange, isEventStream, splitTarget } from './exchange.ts'

/** An exchange over Node's own request and response: no `Request`, `Response` or `ReadableStream` on the way. */
export const createNodeExchange = (request: IncomingMessage, response: ServerResponse): Exchange => {
  const [path, query] = splitTarget(request.url ?? '')
  const headers = plainHeaders(request)
  const controller = new AbortController()
  const body = createIncomingBody(request, headers)
  let status = 0
  let head: AnswerHeaders | undefined
  // The first piece of an answer that is no stream: mostly the only one, and then its length can be announced.
  let held: Uint8Array | string | undefined
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
  const isGone = () => response.destroyed

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
      if (isGone()) return true
      if (head !== undefined) {
        if (held === undefined && !isEventStream(head) && head['content-length'] === undefined) {
          held = bytes
          return true
        }
        writeHead(head, undefined)
        if (held !== undefined) response.write(held)
        held = undefined
      }
      return response.write(bytes)
    },
    async ready() {
      if (!response.writableNeedDrain || isGone()) return
      if (waiting === undefined) {
        waiting = Promise.withResolvers()
        response.once('drain', wake)
      }
      await waiting.promise
    },
    end() {
      if (isGone()) return
      if (head !== undefined) {
        const isOpenEnded =
          held === undefined && (isEventStream(head) || head['content-length'] !== undefined)
        writeHead(head, isOpenEnded ? undefined : Buffer.byteLength(held ?? ''))
      }
      response.end(held)
    },
    send(code, answer, text) {
      if (isGone()) return
      status = code
      writeHead(answer, Buffer.byteLength(text))
      response.end(text)
    },
    abort,
    cut: () => void response.destroy(),
  }
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
