import { byName } from './by-name.ts'

// What decides who pays, where a request goes or how its bytes are framed is the provider's alone; who asked the gateway,
// and by which way, is not the upstream's business.
const reserved: ReadonlySet<string> = new Set([
  ...['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'openai-organization', 'openai-project'],
  ...['cookie', 'cookie2', 'host', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade', 'expect'],
  ...['content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'accept-encoding'],
  ...['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'max-forwards'],
])
const reservedPrefixes = ['proxy-', 'x-forwarded-']

/** The name in lower case; empty where it is reserved. */
const toOwnName = byName((given) => {
  const name = given.toLowerCase()
  return reserved.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix)) ? '' : name
})

type Headers = Readonly<Record<string, string>>

/** The headers of all requests of one provider, from the weakest to the strongest. */
export interface HeaderLayers {
  /** The dialect's and the operator's. */
  configured: Headers
  /** Never replaced. */
  credentials: Headers
}

/**
 * Makes the headers of each request: names in lower case, a call's own over the configured ones, reserved ones of a call
 * left out. What is the same for all requests is put together once.
 */
export const createHeaders = ({
  configured,
  credentials,
}: HeaderLayers): ((call: Headers) => Record<string, string>) => {
  const weakest = lower(configured)
  const strongest = {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    ...lower(credentials),
  }
  return (call) => {
    const headers = { ...weakest }
    for (const given in call) {
      const name = toOwnName(given)
      const value = call[given]
      if (value !== undefined && name !== '') headers[name] = value
    }
    return Object.assign(headers, strongest)
  }
}

const lower = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
