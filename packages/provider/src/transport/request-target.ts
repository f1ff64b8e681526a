import { ProviderError } from '../errors.ts'

/** Where a request goes. */
export interface RequestTarget {
  origin: string
  /** Name and port, as errors and the `host` header have them. */
  host: string
  /** The name or address alone; an IPv6 address without its brackets. */
  hostname: string
  port: number
  isSecure: boolean
  /** Path and query. */
  path: string
}

/** URLs come from configuration, so there are few: reading one costs more than all else that is asked of it here. */
const readBefore = new Map<string, RequestTarget>()
const mostRead = 256

/** ProviderError `invalid-request` for anything but an http(s) URL without a user. */
export const readTarget = (url: string): RequestTarget => {
  const known = readBefore.get(url)
  if (known !== undefined) return known
  const read = URL.canParse(url) ? new URL(url) : undefined
  if (
    read === undefined ||
    !/^https?:$/.test(read.protocol) ||
    read.username !== '' ||
    read.password !== ''
  ) {
    const message = 'The URL of a request must be an http or https URL without a user.'
    throw new ProviderError(message, { code: 'invalid-request' })
  }
  const isSecure = read.protocol === 'https:'
  const target: RequestTarget = {
    origin: read.origin,
    host: read.host,
    hostname: read.hostname.replace(/^\[|\]$/g, ''),
    port: read.port === '' ? (isSecure ? 443 : 80) : Number(read.port),
    isSecure,
    path: read.pathname + read.search,
  }
  if (readBefore.size >= mostRead) readBefore.clear()
  readBefore.set(url, target)
  return target
}
