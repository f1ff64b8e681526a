import {
  type ClientDialectName,
  type ClientError,
  clientDialects,
  isProviderError,
  type ProviderError,
  toClientError,
  toPassedHeaders,
} from '@gateway/provider'
import { ApiError } from '../http/api-error.ts'
import { toApiError } from '../http/error-response.ts'
import { answeredBy } from './call.ts'
import type { AnswerHeaders } from './exchange.ts'

/** A whole error answer. */
export interface ErrorAnswer {
  status: number
  headers: AnswerHeaders
  body: string
}

const json = 'application/json'

/** Any thrown value as a client of `/v1` reads it. What is not meant for clients becomes a 500 without details. */
export const describeError = (error: unknown, requestId: string): ClientError => {
  if (isProviderError(error)) return toClientError(error, requestId)
  const { status, code, message, details } = toApiError(error)
  return { status, code, message, param: details.param, requestId }
}

/** An error in the shape of a dialect. An upstream's own words in the same dialect are handed on byte for byte. */
export const errorAnswer = (error: unknown, dialect: ClientDialectName, requestId: string): ErrorAnswer => {
  const told = describeError(error, requestId)
  if (!isProviderError(error)) {
    const headers = error instanceof ApiError ? error.headers : {}
    return { status: told.status, headers: { ...headers, 'content-type': json }, body: encode(told, dialect) }
  }
  const headers = { ...upstreamHeaders(error, dialect), 'content-type': json }
  const isTheirs = error.answer?.dialect === dialect && error.code !== 'authentication'
  const body = isTheirs ? error.answer?.body : undefined
  return { status: told.status, headers, body: body ?? encode(told, dialect) }
}

const encode = (error: ClientError, dialect: ClientDialectName): string =>
  JSON.stringify(clientDialects[dialect].encodeError(error))

/**
 * When to come back, in each case; rate limits and ids only to a client of the same dialect, who knows their names.
 * Nothing of a 401: it is about our key.
 */
const upstreamHeaders = (error: ProviderError, dialect: ClientDialectName): Record<string, string> => {
  const { provider, model, attempts } = error
  const from: Record<string, string> = provider === undefined ? {} : answeredBy(provider, model, attempts)
  if (error.code === 'authentication') return from
  const { answer, retryAfterMs } = error
  if (answer?.dialect === dialect) return { ...from, ...toPassedHeaders(answer.headers) }
  const shouldRetry = answer?.headers['x-should-retry']
  if (shouldRetry !== undefined) from['x-should-retry'] = shouldRetry
  if (retryAfterMs === undefined) return from
  from['retry-after'] = String(Math.ceil(retryAfterMs / 1000))
  from['retry-after-ms'] = String(Math.ceil(retryAfterMs))
  return from
}
