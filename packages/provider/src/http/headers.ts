// What decides who pays, where a request goes or how its bytes are framed is the provider's alone.
const reserved =
  /^(?:authorization|x-api-key|api-key|x-goog-api-key|openai-organization|openai-project|cookie|host|connection|keep-alive|content-length|content-type|content-encoding|transfer-encoding|accept-encoding|te|trailer|upgrade|expect|proxy-.*)$/

type Headers = Readonly<Record<string, string>>

/** The headers of one request, from the weakest to the strongest. */
export interface HeaderLayers {
  /** The dialect's and the operator's. */
  configured: Headers
  /** The call's; reserved ones are left out. */
  call: Headers
  /** Never replaced. */
  credentials: Headers
}

/** One set of headers with names in lower case; later layers win. */
export const mergeHeaders = ({ configured, call, credentials }: HeaderLayers): Record<string, string> => ({
  ...lower(configured),
  ...Object.fromEntries(Object.entries(lower(call)).filter(([name]) => !reserved.test(name))),
  'content-type': 'application/json',
  'accept-encoding': 'identity',
  ...lower(credentials),
})

const lower = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
