import type { ProviderError, ProviderErrorCode } from '../errors.ts'
import type { ClientError } from '../types/client-error.ts'

/** What a client is told of each of our codes: its own status or, where there is none, the upstream's. */
interface Rule {
  code: string
  /** Ours, where the upstream's own status would mislead. */
  status?: number
  /** Where the upstream has no status, or one that is no error of this kind. */
  fallback: number
}

const rules = {
  authentication: { code: 'provider_authentication', status: 502, fallback: 502 },
  permission: { code: 'permission_denied', fallback: 403 },
  'invalid-request': { code: 'invalid_request', fallback: 400 },
  'context-length': { code: 'context_length_exceeded', fallback: 400 },
  'not-found': { code: 'model_not_found', fallback: 404 },
  'rate-limit': { code: 'rate_limit', status: 429, fallback: 429 },
  overloaded: { code: 'server_error', fallback: 502 },
  quota: { code: 'insufficient_quota', fallback: 429 },
  'content-filter': { code: 'content_filter', fallback: 400 },
  timeout: { code: 'timeout', status: 504, fallback: 504 },
  network: { code: 'network', status: 502, fallback: 502 },
  'bad-response': { code: 'bad_response', status: 502, fallback: 502 },
  unsupported: { code: 'unsupported', fallback: 400 },
} satisfies Record<ProviderErrorCode, Rule>

/**
 * What a client is told of an upstream's failure once no other target is left. A rejected credential is the gateway's,
 * not the client's, so it becomes a 502; other errors keep the upstream's status where it is one.
 */
export const toClientError = (error: ProviderError, requestId: string): ClientError => {
  const { code, status, fallback }: Rule = rules[error.code]
  return {
    status: status ?? (isErrorStatus(error.status) ? error.status : fallback),
    code: isOverload(error) ? 'overloaded' : code,
    message: toMessage(error),
    param: error.param,
    upstreamType: error.code === 'authentication' ? undefined : error.upstreamType,
    upstreamCode: error.code === 'authentication' ? undefined : error.upstreamCode,
    requestId,
  }
}

/** Of all that went wrong at the upstream, was it that it had too much to do? */
const isOverload = ({ code, status, upstreamType }: ProviderError): boolean =>
  code === 'overloaded' && (status === 503 || status === 529 || upstreamType?.includes('overloaded') === true)

/** The upstream's own words, but for those about a key, which is ours, and for where it is reached. */
const toMessage = ({ code, provider = 'the provider', message, status }: ProviderError): string => {
  if (code === 'authentication') return 'The provider did not accept the credentials of the gateway.'
  if (code === 'network' && status === undefined) return `The connection to ${provider} failed or broke off.`
  return message
}

const isErrorStatus = (status: number | undefined): status is number =>
  status !== undefined && status >= 400 && status <= 599
