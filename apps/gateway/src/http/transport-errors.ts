import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { ApiError, badRequest } from './api-error.ts'
import { errorBody, errorResponse, toApiError } from './error-response.ts'

/** What answers for requests that never reach the app. */
export interface TransportErrors {
  /** A head that names no URL, or an error that escaped the app. */
  onRequestError: (error: unknown) => Response
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
  const endWith = (socket: Duplex, status: number): void => {
    const error = refused(status)
    const requestId = logged(error)
    const body = JSON.stringify(errorBody(error, requestId))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }

  return {
    onRequestError: (error) => {
      // The app answers its own errors; what a URL cannot be made of is the client's.
      if (error instanceof Error && error.name === 'RequestError')
        return answer(badRequest(`The request cannot be read: ${error.message}.`))
      log.error({ err: error }, 'request failed outside the app')
      return answer(toApiError(error))
    },
    attach: (server) => {
      const running = new WeakMap<Duplex, ServerResponse>()
      server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        running.set(socket, response)
        response.once('close', () => running.delete(socket))
      })
      server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
        // A second head in the middle of an answer would corrupt it.
        if (!socket.writable || running.get(socket)?.headersSent === true) {
          socket.destroy()
          return
        }
        endWith(socket, statusOf[error.code ?? ''] ?? 400)
      })
      server.on('checkExpectation', ({ socket }: IncomingMessage) => endWith(socket, 417))
    },
  }
}

const refused = (status: number): ApiError =>
  new ApiError(status, {
    type: 'invalid_request_error',
    code:
      status === 400 ? 'invalid_request' : (STATUS_CODES[status] ?? '').toLowerCase().replaceAll(' ', '_'),
    message: `The request was refused before it was read: ${STATUS_CODES[status]}.`,
  })
