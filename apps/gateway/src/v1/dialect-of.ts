import type { IncomingHttpHeaders } from 'node:http'
import type { ClientDialectName } from '@gateway/provider'

/** Which contract a client means where the route does not tell. */
export const dialectOf = ({
  path,
  headers,
}: {
  path: string
  headers: Readonly<IncomingHttpHeaders>
}): ClientDialectName =>
  headers['anthropic-version'] !== undefined || path.startsWith('/v1/messages')
    ? 'anthropic-messages'
    : 'openai-chat'
