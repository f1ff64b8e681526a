import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientGone, type Exchange, splitTarget } from './exchange.ts'
import { createNodeAnswer } from './node-answer.ts'
import { createNodeBody } from './node-body.ts'

/** An exchange over Node's own request and response: no `Request`, `Response` or `ReadableStream` on the way. */
export const createNodeExchange = (request: IncomingMessage, response: ServerResponse): Exchange => {
  const [path, query] = splitTarget(request.url ?? '')
  const headers = plainHeaders(request)
  const controller = new AbortController()
  const body = createNodeBody(request, headers)
  const { wake, isAnswered, isEnded, head, data, ready, end, send } = createNodeAnswer(
    response,
    body.isUnreadable,
  )

  const abort = (reason: unknown) => {
    controller.abort(reason)
    body.leave(reason)
    wake()
  }
  response.on('close', () => {
    if (!response.writableFinished) abort(clientGone())
  })

  return {
    method: request.method ?? '',
    path,
    query,
    headers,
    signal: controller.signal,
    readBody: body.read,
    dropBody: body.drop,
    isAnswered,
    head,
    data,
    ready,
    end,
    send,
    abort,
    cut() {
      // A whole answer stays one, whatever went wrong behind it.
      if (!isEnded()) response.destroy()
    },
  }
}

/** Of all request headers Node gives only `set-cookie` as a list; no client means that one. */
const plainHeaders = ({ headers }: IncomingMessage): Record<string, string> => {
  if (headers['set-cookie'] !== undefined) delete headers['set-cookie']
  return headers as Record<string, string>
}
