import type { ClientError } from '../../types/client-error.ts'
import type { JsonObject } from '../../types/json.ts'

/** https://platform.claude.com/docs/en/api/errors */
const typeByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The types of this dialect that say more than a status; the two general ones are of a status that says nothing. */
const telling: ReadonlySet<string> = new Set(Object.values(typeByStatus))

/** The body of an error's answer, which is also the data of an `error` event. */
export const encodeError = (error: ClientError): JsonObject => ({
  type: 'error',
  // This dialect has no codes; its clients pass over a field that they do not know.
  error: { type: toType(error), message: error.message, code: toCode(error) },
  request_id: error.requestId,
})

/** The upstream's own type where it is one of this dialect's; that our key was refused is not the client's affair. */
const toType = ({ status, upstreamType }: ClientError): string => {
  if (upstreamType !== undefined && upstreamType !== 'authentication_error' && telling.has(upstreamType)) {
    return upstreamType
  }
  return typeByStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}

/** The upstream's own code where it has one beside its type. */
const toCode = ({ code, upstreamCode, upstreamType }: ClientError): string =>
  upstreamCode === undefined || upstreamCode === upstreamType ? code : upstreamCode
