import type { ProviderError } from '../../errors.ts'
import type { Usage } from '../../types/completion.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ErrorAnswer } from '../dialect.ts'
import { readErrorValue } from '../error-body.ts'
import type { ErrorNames } from '../error-code.ts'
import { isJsonObject } from '../json.ts'
import { toAnswerError, toUpstreamError } from '../upstream-error.ts'

/** https://platform.openai.com/docs/guides/error-codes */
const names: ErrorNames = {
  // Codes.
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  content_filter: 'content-filter',
  content_policy_violation: 'content-filter',
  context_length_exceeded: 'context-length',
  insufficient_quota: 'quota',
  invalid_api_key: 'authentication',
  model_not_found: 'not-found',
  rate_limit_exceeded: 'rate-limit',
  unsupported_parameter: 'unsupported',
  unsupported_value: 'unsupported',
  // Types.
  authentication_error: 'authentication',
  invalid_request_error: 'invalid-request',
  permission_error: 'permission',
  server_error: 'overloaded',
  // What relays of other providers' models say in a stream.
  api_error: 'overloaded',
  overloaded_error: 'overloaded',
  rate_limit_error: 'rate-limit',
}

/** The error of an answer whose status is one. */
export const decodeError = (answer: ErrorAnswer): ProviderError => toAnswerError(answer, names)

/** `{error:{message,…}}`. */
export const isErrorBody = ({ error }: JsonObject): boolean =>
  isJsonObject(error) && typeof error.message === 'string'

/** The error of an answer whose reason to stop is a fault of the server's; `usage` is what it used all the same. */
export const toFaultError = (reason: string, provider: string, usage?: Usage): ProviderError =>
  toUpstreamError(
    { message: `The upstream stopped for the reason "${reason}": the answer is not whole.` },
    names,
    {
      provider,
      nothing: '',
      usage,
    },
  )

/** The error of an error event, or of an error body under a good status. */
export const decodeErrorValue = (value: JsonValue | undefined, provider: string): ProviderError =>
  toUpstreamError(readErrorValue(value), names, {
    provider,
    nothing: 'The upstream reported an error without saying which.',
  })
