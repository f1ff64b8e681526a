import type { ProviderError } from '../../errors.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ErrorAnswer } from '../dialect.ts'
import { readErrorValue } from '../error-body.ts'
import type { ErrorNames } from '../error-code.ts'
import { isJsonObject } from '../json.ts'
import { toAnswerError, toUpstreamError } from '../upstream-error.ts'

/** https://platform.claude.com/docs/en/api/errors */
const names: ErrorNames = {
  invalid_request_error: 'invalid-request',
  request_too_large: 'invalid-request',
  authentication_error: 'authentication',
  billing_error: 'quota',
  permission_error: 'permission',
  not_found_error: 'not-found',
  rate_limit_error: 'rate-limit',
  timeout_error: 'overloaded',
  api_error: 'overloaded',
  overloaded_error: 'overloaded',
}

/** The error of an answer whose status is one. */
export const decodeError = (answer: ErrorAnswer): ProviderError => toAnswerError(answer, names)

/** `{type:"error",error:{type,message}}`. */
export const isErrorBody = ({ type, error }: JsonObject): boolean =>
  type === 'error' &&
  isJsonObject(error) &&
  typeof error.type === 'string' &&
  typeof error.message === 'string'

/** The error of an `error` event, or of an error body under a good status. */
export const decodeErrorValue = (value: JsonValue | undefined, provider: string): ProviderError =>
  toUpstreamError(readErrorValue(value), names, {
    provider,
    nothing: 'The upstream reported an error without saying which.',
  })
