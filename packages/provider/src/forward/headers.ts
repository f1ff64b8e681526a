import { clientDialects } from '../dialects/client-dialects.ts'
import { byName } from '../http/by-name.ts'
import { isHeaderValue } from '../http/passed-headers.ts'

// `idempotency-key` stays behind: a key that was used for one attempt would make the next one, perhaps at another
// provider and with another body, fail or repeat the first one's error.
const prefixes = [
  'user-agent',
  'x-stainless-',
  ...Object.values(clientDialects).flatMap(({ rules }) => rules.headerPrefixes),
]
const isRelayed = byName((name) => prefixes.some((prefix) => name.startsWith(prefix)))

/**
 * The headers of a client's request that go up in a relay: those that belong to its dialect and its SDKs. Whose account
 * pays is the provider's, which lets no such header through.
 */
export const toRelayedHeaders = (
  headers: Readonly<Record<string, string>> | undefined,
): Record<string, string> => {
  const relayed: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && isRelayed(name) && isHeaderValue(value)) relayed[name] = value
  }
  return relayed
}

/** A text as it may stand in a header: what is not printable ASCII becomes `?`. */
export const toHeaderValue = (text: string): string =>
  plainName.test(text) ? text : text.replaceAll(/[^\x20-\x7e]/g, '?').trim()

const plainName = /^[\x21-\x7e]+$/
