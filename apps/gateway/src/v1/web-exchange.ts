import { dropStream, readStream } from '../http/json-body.ts'
import { type AnswerHeaders, clientGone, type Exchange, splitTarget } from './exchange.ts'

/** Bytes that wait for the reader of an answer before its writer is asked to pause. */
const highWaterMark = 65_536

/** Lets a handler of exchanges answer a web request. */
export const answerWeb = (
  handle: (exchange: Exchange) => Promise<void>,
  request: Request,
): Promise<Response> => {
  const { exchange, response } = createWebExchange(request)
  return Promise.race([response, handle(exchange).then(() => response)])
}

/**
 * An exchange over `Request` and `Response`, for any runtime that has them. The response is there as soon as the head of
 * the answer is; who cancels its body has left.
 */
export const createWebExchange = (request: Request): { exchange: Exchange; response: Promise<Response> } => {
  const [path, query] = splitTarget(
    request.url.slice(request.url.indexOf('/', request.url.indexOf('//') + 2)),
  )
  const headers = Object.fromEntries(request.headers)
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<Response>()
  const answer = createBody(() => controller.abort(clientGone()))
  let isAnswered = false
  let isReusable = true

  const leave = () => controller.abort(clientGone())
  if (request.signal.aborted) leave()
  else request.signal.addEventListener('abort', leave, { once: true })

  const respond = (status: number, given: AnswerHeaders, body: string | ReadableStream<Uint8Array>) => {
    if (isAnswered) return
    isAnswered = true
    resolve(new Response(body, { status, headers: isReusable ? given : { ...given, connection: 'close' } }))
  }
  const finish = () => request.signal.removeEventListener('abort', leave)

  const exchange: Exchange = {
    method: request.method,
    path,
    query,
    headers,
    signal: controller.signal,
    isAnswered: () => isAnswered,
    async readBody(limit) {
      const bytes = await readStream(request.body, headers['content-length'], limit)
      controller.signal.throwIfAborted()
      return bytes
    },
    async dropBody() {
      isReusable = request.bodyUsed || (await dropStream(request.body, headers['content-length']))
    },
    head: (status, given) => respond(status, given, answer.stream),
    data: answer.write,
    ready: answer.ready,
    end() {
      finish()
      answer.end()
    },
    send(status, given, text) {
      finish()
      respond(status, given, text)
    },
    abort: (reason) => controller.abort(reason),
    cut() {
      finish()
      // Who is gone before there was an answer reads none, but the host waits for a response.
      if (!isAnswered) resolve(new Response(null, { status: 499 }))
      isAnswered = true
      answer.fail(new TypeError('The answer broke off.'))
    },
  }
  controller.signal.addEventListener('abort', answer.wake, { once: true })
  return { exchange, response: promise }
}

/** A body that is written into, and asks its writer to wait for its reader. */
const createBody = (onCancel: () => void) => {
  const utf8 = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let waiting: PromiseWithResolvers<void> | undefined
  const wake = () => {
    waiting?.resolve()
    waiting = undefined
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given
      },
      pull: wake,
      cancel() {
        controller = undefined
        onCancel()
      },
    },
    { highWaterMark, size: (chunk) => chunk.byteLength },
  )
  const isFull = () => (controller?.desiredSize ?? 1) <= 0
  return {
    stream,
    wake,
    write(bytes: Uint8Array | string): boolean {
      if (bytes.length === 0) return !isFull()
      // A copy, since bytes are lent.
      controller?.enqueue(typeof bytes === 'string' ? utf8.encode(bytes) : new Uint8Array(bytes))
      return !isFull()
    },
    async ready() {
      if (!isFull()) return
      waiting ??= Promise.withResolvers()
      await waiting.promise
    },
    end() {
      controller?.close()
      controller = undefined
    },
    fail(error: unknown) {
      controller?.error(error)
      controller = undefined
    },
  }
}
