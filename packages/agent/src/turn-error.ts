import { isProviderError, type ProviderErrorCode } from '@gateway/provider'
import { isSessionError } from '@gateway/session'
import { isAgentError } from './errors.ts'

/** The error of a failed turn, as it stands in the log and reaches clients. */
export interface TurnError {
  type: string
  code: string
  message: string
}

/** Why a turn was stopped from outside; the reason of its abort signal. */
export type StopCause = 'cancelled' | 'interrupted' | 'timeout'

// One table: each code of a provider's error and what a client reads. A new code does not compile until it is here.
const providerCodes = {
  authentication: 'provider_authentication',
  permission: 'permission',
  'invalid-request': 'invalid_request',
  'context-length': 'context_length',
  'not-found': 'model_not_found',
  'rate-limit': 'rate_limit',
  overloaded: 'overloaded',
  quota: 'quota',
  'content-filter': 'content_filter',
  timeout: 'timeout',
  network: 'network',
  'bad-response': 'bad_response',
  unsupported: 'unsupported',
} satisfies Record<ProviderErrorCode, string>

/** Names the fault without internals: an unknown error's text stays in the report, and out of the log. */
export const toTurnError = (error: unknown): TurnError => {
  if (isProviderError(error)) {
    // Our own credentials' fault is not the client's, and its text may describe them.
    const message =
      error.code === 'authentication'
        ? 'The provider refused the credentials of this gateway.'
        : error.message
    return { type: 'provider_error', code: providerCodes[error.code], message }
  }
  if (isAgentError(error) && error.code === 'limit') {
    return { type: 'limit_error', code: 'turn_limit', message: error.message }
  }
  if (isSessionError(error)) {
    return error.code === 'limit'
      ? { type: 'limit_error', code: 'session_limit', message: error.message }
      : { type: 'api_error', code: 'store_unavailable', message: 'The session store could not be written.' }
  }
  return { type: 'api_error', code: 'internal_error', message: 'The turn failed inside the gateway.' }
}
