import { ProviderError } from '../errors.ts'

/** The host alone: a path or a query may hold a key. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'The upstream')

/**
 * What undici or `fetch` failed with as a ProviderError: `timeout` for a connection that was not accepted in time, `bad-response`
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
  // Only lengths that contradict each other are noticed before the body.
  const isContradiction = !hasAnswered && code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  if (isForeign(error) || isContradiction) {
    return fault('bad-response', `${name} answered with something that is not HTTP/1.1.`, error)
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

/** The code stands on the error, or on its cause where `fetch` failed. */
const codeOf = (error: unknown): string =>
  find(error, (link) => ('code' in link && typeof link.code === 'string' ? link.code : undefined)) ?? ''

/** undici's parser has no code for what it refuses. An answer that stops in its middle is no such: it broke off. */
const isForeign = (error: unknown): boolean =>
  find(error, (link) =>
    link instanceof Error && link.name === 'HTTPParserError' ? !/\bEOF\b/.test(link.message) : undefined,
  ) === true

/** The first thing that is found on an error or its causes. */
const find = <T>(error: unknown, look: (link: object) => T | undefined, depth = 0): T | undefined => {
  if (typeof error !== 'object' || error === null || depth > 3) return undefined
  return look(error) ?? ('cause' in error ? find(error.cause, look, depth + 1) : undefined)
}

const fault = (code: ProviderError['code'], message: string, cause: unknown) =>
  new ProviderError(message, { code, cause })
