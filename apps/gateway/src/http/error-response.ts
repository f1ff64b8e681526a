import { type AgentErrorCode, isAgentError } from '@gateway/agent'
import { isProviderError, type ProviderErrorCode } from '@gateway/provider'
import { isSessionError, type SessionErrorCode } from '@gateway/session'
import { ApiError } from './api-error.ts'

type Mapped = { status: number; type: string; code: string; retryAfter?: number }

// The tables are exhaustive: a new code of a package does not compile until it is mapped here.
const providerStatus = {
  authentication: { status: 502, type: 'api_error', code: 'provider_authentication' },
  permission: { status: 403, type: 'permission_error', code: 'permission' },
  'invalid-request': { status: 400, type: 'invalid_request_error', code: 'invalid_request' },
  'context-length': { status: 400, type: 'invalid_request_error', code: 'context_length' },
  'not-found': { status: 404, type: 'not_found_error', code: 'model_not_found' },
  'rate-limit': { status: 429, type: 'rate_limit_error', code: 'rate_limit' },
  overloaded: { status: 503, type: 'overloaded_error', code: 'overloaded' },
  quota: { status: 402, type: 'billing_error', code: 'quota' },
  'content-filter': { status: 400, type: 'invalid_request_error', code: 'content_filter' },
  timeout: { status: 504, type: 'api_error', code: 'timeout' },
  network: { status: 502, type: 'api_error', code: 'network' },
  'bad-response': { status: 502, type: 'api_error', code: 'bad_response' },
  unsupported: { status: 400, type: 'invalid_request_error', code: 'unsupported' },
} satisfies Record<ProviderErrorCode, Mapped>

const sessionStatus = {
  conflict: { status: 409, type: 'conflict_error', code: 'conflict' },
  fenced: { status: 409, type: 'conflict_error', code: 'conflict' },
  limit: { status: 413, type: 'invalid_request_error', code: 'session_limit' },
  invalid: { status: 400, type: 'invalid_request_error', code: 'invalid_request' },
  corrupt: { status: 500, type: 'api_error', code: 'store_corrupt' },
  unavailable: { status: 503, type: 'overloaded_error', code: 'store_unavailable', retryAfter: 1 },
} satisfies Record<SessionErrorCode, Mapped>

const agentStatus = {
  'shutting-down': { status: 503, type: 'overloaded_error', code: 'shutting_down', retryAfter: 5 },
  limit: { status: 400, type: 'invalid_request_error', code: 'turn_limit' },
  'session-gone': { status: 404, type: 'not_found_error', code: 'not_found' },
  fenced: { status: 409, type: 'conflict_error', code: 'conflict' },
} satisfies Record<AgentErrorCode, Mapped>

const fromTable = (error: Error, mapped: Mapped): ApiError =>
  new ApiError(
    mapped.status,
    // What a 5xx says may name hosts, files or statements; the log has it in full.
    {
      type: mapped.type,
      code: mapped.code,
      message: mapped.status >= 500 ? generic(mapped.status) : error.message,
    },
    mapped.retryAfter === undefined ? {} : { 'retry-after': String(mapped.retryAfter) },
  )

const generic = (status: number): string => {
  if (status === 503) return 'The service cannot take this request now. Try again later.'
  if (status === 500) return 'Something went wrong inside the gateway. The request id leads to the log.'
  return 'The provider could not be reached or answered wrongly.'
}

/** Any thrown value as the error that a client reads. */
export const toApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error
  if (isProviderError(error)) return fromTable(error, providerStatus[error.code])
  if (isSessionError(error)) return fromTable(error, sessionStatus[error.code])
  if (isAgentError(error)) return fromTable(error, agentStatus[error.code])
  return new ApiError(500, { type: 'api_error', code: 'internal_error', message: generic(500) })
}

/** The one JSON form of errors. */
export const errorBody = (error: ApiError, requestId: string): object => ({
  error: {
    type: error.type,
    code: error.code,
    message: error.message,
    request_id: requestId,
    ...error.details,
  },
})

/** An error as the answer of a route. */
export const errorResponse = (error: ApiError, requestId: string): Response =>
  Response.json(errorBody(error, requestId), { status: error.status, headers: error.headers })
