import { ProviderError } from '../errors.ts'

/** The host alone: a path or a query may hold a key. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'The upstream')

/**
 * What undici failed with as a ProviderError: `timeout` for a connection that was not accepted in time, `bad-response`
 * for what is no HTTP, `invalid-request` for what cannot be sent, else `network`.
 */
export const toTransportError = (error: unknown, name: string, hasAnswered: boolean): ProviderError => {
  const code = codeOf(error)
  if (!hasAnswered && (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')) {
    return fault('timeout', `${name} did not accept a connection in time.`, error)
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return fault('bad-response', `${name} answered with more headers than are taken.`, error)
  }
  // An answer that stops in its middle is a broken connection; everything else is not HTTP.
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') {
    return fault('bad-response', `${name} answered with something that is not HTTP/1.1 (${code}).`, error)
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    const what = error instanceof Error ? error.message : code
    return fault('invalid-request', `The request to ${name} cannot be sent: ${what}.`, error)
  }
  const what = hasAnswered ? 'broke off its answer' : 'did not answer'
  const why = code === '' ? '' : ` (${code})`
  return fault('network', `${name} ${what}${why}. Check that it can be reached.`, error)
}

/** May an idle connection that was closed by the other side be what this failure shows? */
export const isStaleConnection = (error: unknown): boolean =>
  /^(?:ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/.test(codeOf(error))

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''

const fault = (code: ProviderError['code'], message: string, cause: unknown) =>
  new ProviderError(message, { code, cause })
