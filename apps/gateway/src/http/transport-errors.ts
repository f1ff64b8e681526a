import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { withIds } from '../v1/call.ts'
import { contractOf } from '../v1/contracts.ts'
import { errorAnswer } from '../v1/errors.ts'
import { ApiError, badRequest } from './api-error.ts'
import { errorBody, errorResponse, toApiError } from './error-response.ts'

/** What answers for requests that never reach the app. */
export interface TransportErrors {
  /** A head that names no URL, or an error that escaped the app. */
  onRequestError: (error: unknown) => Response
  /** Answers a request for which the app could not be loaded. */
  onLoadError: (error: unknown, response: ServerResponse) => void
  /** Answers what the parser refuses, and expectations that nobody can meet. */
  attach: (server: Server) => void
}

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Gives such requests the JSON form, an id and a log line too, where Node would answer without a body. */
export const createTransportErrors = (log: Logger, newRequestId: () => string): TransportErrors => {
  const logged = (error: ApiError): string => {
    const requestId = newRequestId()
    log.info({ request_id: requestId, status: error.status, code: error.code }, 'request refused')
    return requestId
  }
  const answer = (error: ApiError): Response => {
    const requestId = logged(error)
    const response = errorResponse(error, requestId)
    response.headers.set('x-request-id', requestId)
    return response
  }
  const endWith = (socket: Duplex, status: number, request: IncomingMessage | undefined): void => {
    const error = refused(status)
    const requestId = logged(error)
    const { headers, body } = render(error, requestId, request)
    const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
  }

  return {
    onRequestError: (error) => {
      // The app answers its own errors; what a URL cannot be made of is the client's.
      if (error instanceof Error && error.name === 'RequestError')
        return answer(badRequest(`The request cannot be read: ${error.message}.`))
      log.error({ err: error }, 'request failed outside the app')
      return answer(toApiError(error))
    },
    onLoadError: (error, response) => {
      const known = toApiError(error)
      const requestId = newRequestId()
      log.error({ err: error, request_id: requestId }, 'the app could not be loaded')
      // What is left of the request is not read.
      response.writeHead(known.status, {
        'content-type': 'application/json',
        'x-request-id': requestId,
        connection: 'close',
      })
      response.end(JSON.stringify(errorBody(known, requestId)))
    },
    attach: (server) => {
      const running = new WeakMap<Duplex, ServerResponse>()
      server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        running.set(socket, response)
        response.once('close', () => running.delete(socket))
      })
      server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
        // A second head in the middle of an answer would corrupt it.
        const response = running.get(socket)
        if (!socket.writable || response?.headersSent === true) {
          socket.destroy()
          return
        }
        endWith(socket, statusOf[error.code ?? ''] ?? 400, response?.req)
      })
      server.on('checkExpectation', (request: IncomingMessage) => endWith(request.socket, 417, request))
    },
  }
}

/** In the form of the contract that the request meant, where it got as far as naming a path. */
const render = (error: ApiError, requestId: string, request: IncomingMessage | undefined): Rendered => {
  const { url = '', headers = {} } = request ?? {}
  if (!url.startsWith('/v1/')) {
    const body = JSON.stringify(errorBody(error, requestId))
    return { headers: { 'content-type': 'application/json', 'x-request-id': requestId }, body }
  }
  const dialect = contractOf(url, headers)
  const answer = errorAnswer(error, dialect, requestId)
  return { headers: withIds({ requestId, dialect }, answer.headers), body: answer.body }
}

interface Rendered {
  headers: Readonly<Record<string, string>>
  body: string
}

const refused = (status: number): ApiError =>
  new ApiError(status, {
    type: 'invalid_request_error',
    code:
      status === 400 ? 'invalid_request' : (STATUS_CODES[status] ?? '').toLowerCase().replaceAll(' ', '_'),
    message: `The request was refused before it was read: ${STATUS_CODES[status]}.`,
  })
