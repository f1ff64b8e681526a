import type { ClientError } from '../../types/client-error.ts'
import type { JsonObject } from '../../types/json.ts'

interface WireNames {
  type: string
  code: string | null
}

const invalid = 'invalid_request_error'

/** OpenAI's names for ours; a code that it has no name for goes under the type of its status. */
const named: Readonly<Record<string, WireNames>> = {
  context_length: { type: invalid, code: 'context_length_exceeded' },
  context_length_exceeded: { type: invalid, code: 'context_length_exceeded' },
  content_filter: { type: invalid, code: 'content_filter' },
  insufficient_quota: { type: 'insufficient_quota', code: 'insufficient_quota' },
  invalid_request: { type: invalid, code: null },
  model_not_found: { type: invalid, code: 'model_not_found' },
  // Nobody's but the upstream's, which has no more words for it.
  server_error: { type: 'server_error', code: null },
  quota: { type: 'insufficient_quota', code: 'insufficient_quota' },
  rate_limit: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  unsupported: { type: invalid, code: 'unsupported_parameter' },
}

// The types that OpenAI and its imitators use, but for those that Anthropic uses as well with no code beside them.
const ownTypes: ReadonlySet<string> = new Set([
  ...['insufficient_quota', 'invalid_request_error', 'rate_limit_exceeded', 'requests', 'tokens'],
  ...['server_error', 'request_forbidden', 'access_terminated', 'engine_overloaded_error'],
])

/** The body of an error's answer. https://developers.openai.com/api/docs/guides/error-codes */
export const encodeError = (error: ClientError): JsonObject => {
  const { type, code } = { ...toNames(error), ...upstreamNames(error) }
  const { message, param, requestId } = error
  return { error: { message, type, param: param ?? null, code, request_id: requestId } }
}

const toNames = ({ code, status }: ClientError): WireNames => {
  const known = Object.hasOwn(named, code) ? named[code] : undefined
  return known ?? { type: typeOf(status), code }
}

const typeOf = (status: number): string => {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : invalid
}

/** What the upstream called it, where it speaks as OpenAI does: another dialect's names mean nothing to this client. */
const upstreamNames = ({ upstreamType, upstreamCode }: ClientError): Partial<WireNames> => {
  // Without a code the decoder of errors takes the type for one; Anthropic has no codes at all.
  const code = upstreamCode !== upstreamType && !upstreamCode?.endsWith('_error') ? upstreamCode : undefined
  const isOwn = code !== undefined || (upstreamType !== undefined && ownTypes.has(upstreamType))
  if (!isOwn) return {}
  return { ...(upstreamType !== undefined && { type: upstreamType }), ...(code !== undefined && { code }) }
}
