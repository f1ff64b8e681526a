import { isHeaderValue } from '../http/passed-headers.ts'

type Headers = Readonly<Record<string, string>>

// `idempotency-key` stays behind: a key that was used for one attempt would make the next one, perhaps at another
// provider and with another body, fail or repeat the first one's error.
const isOfDialect = (name: string): boolean =>
  name.startsWith('anthropic-') ||
  (name.startsWith('openai-') && name !== 'openai-organization' && name !== 'openai-project') ||
  name.startsWith('x-stainless-') ||
  name === 'user-agent'

/** The headers of a client's request that go up in a relay: those that belong to the dialect and its SDKs. */
export const toRelayedHeaders = (headers: Headers | undefined): Record<string, string> => {
  const relayed: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && isOfDialect(name) && isHeaderValue(value)) relayed[name] = value
  }
  return relayed
}

/** A text as it may stand in a header: what is not printable ASCII becomes `?`. */
export const toHeaderValue = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').trim()
