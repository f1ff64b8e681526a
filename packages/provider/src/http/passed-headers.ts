import { byName } from './by-name.ts'

type Headers = Readonly<Record<string, string>>

// What a message's framing, a connection or an origin needs is between us and each side alone.
const dropped: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['content-encoding', 'content-length', 'content-type', 'set-cookie', 'set-cookie2', 'server', 'date'],
  ...['alt-svc', 'strict-transport-security', 'clear-site-data', 'nel', 'report-to', 'reporting-endpoints'],
])
const droppedPrefixes = ['access-control-', 'proxy-', 'x-gateway-']
const isPassed = byName(
  (name) => !dropped.has(name) && !droppedPrefixes.some((prefix) => name.startsWith(prefix)),
)

/**
 * The headers of an upstream's answer that a client of its dialect gets: request ids, rate limits, `retry-after`,
 * whatever is unknown; nothing of framing, connections, cookies, the origin or CORS, and none of our own names.
 */
export const toPassedHeaders = (headers: Headers): Record<string, string> => {
  const passed: Record<string, string> = {}
  const { connection } = headers
  const named = connection === undefined || namesNothing.test(connection) ? undefined : connection
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || !isPassed(name) || !isHeaderValue(value)) continue
    if (named !== undefined && listed(named, name)) continue
    passed[name] = value
  }
  return passed
}

const namesNothing = /^(?:close|keep-alive)$/i

/** Does a list such as that of `Connection` name it? */
const listed = (list: string, name: string): boolean =>
  list.split(',').some((entry) => entry.trim().toLowerCase() === name)

/** May it stand in a header? Anything else could end it and begin another, or is refused by the platform. */
export const isHeaderValue = (value: string): boolean => !beyondValues.test(value)

const beyondValues = /[^\t\x20-\x7e\x80-\xff]/
