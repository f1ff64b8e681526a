import { isProviderError, ProviderError } from '../errors.ts'
import { toOwnError } from './own-error.ts'

/**
 * What a transport failed with as a ProviderError: its own are kept, everything else is the network's fault. The
 * message names the host and the system's code, never the URL, which may hold a key.
 */
export const toNetworkError = (error: unknown, url: string, provider: string): ProviderError => {
  if (isProviderError(error)) return toOwnError(error, provider)
  const host = URL.canParse(url) ? new URL(url).host : 'the upstream'
  const code = findCode(error)
  const what = code === undefined ? 'broke off' : `failed with ${code}`
  return new ProviderError(`The connection to ${host} ${what}.`, { code: 'network', provider, cause: error })
}

/** `ECONNREFUSED` and its like stand on the error or on one of its causes. */
const findCode = (error: unknown, depth = 0): string | undefined => {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error ? findCode(error.cause, depth + 1) : undefined
}
