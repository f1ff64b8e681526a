import { ProviderError } from '../errors.ts'

/**
 * The URL of a path under a base URL, whose own path and query stay. ProviderError `invalid-request` for a base URL
 * that is no http(s) URL; the message does not quote it, since it may hold a password.
 */
export const toEndpoint = (baseURL: string, path: string, provider: string): string => {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(provider, 'baseURL must be an absolute http or https URL')
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(provider, 'baseURL must not hold a user name or password; use apiKey or headers')
  }
  url.pathname = url.pathname.replace(/\/+$/, '') + path
  return url.href
}

/**
 * A key as a header takes it. White space around it (a file's last line end) is cut off. ProviderError
 * `invalid-request` for an empty one and for characters that no header holds; the message does not quote it.
 */
export const toKey = (apiKey: string, provider: string): string => {
  const key = apiKey.trim()
  if (key === '') throw invalid(provider, 'apiKey is empty')
  if (!/^[\x21-\x7e]+$/.test(key))
    throw invalid(provider, 'apiKey holds characters that a header cannot hold')
  return key
}

const invalid = (provider: string, what: string) =>
  new ProviderError(`The ${provider} provider cannot be made: ${what}.`, {
    code: 'invalid-request',
    provider,
  })
