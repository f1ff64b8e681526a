/** A header: what it says, and how one looks. */
interface Header {
  description: string
  example?: string | undefined
}

/**
 * Headers of requests that routes read. Credentials are the security schemes, and `Accept` is the media types of the
 * answers: OpenAPI passes over parameters of these names.
 */
export const requestHeaders: Readonly<Record<string, Header>> = {
  prefer: {
    description: '`respond-async`: the turn is accepted (202) and runs on; read it later.',
    example: 'respond-async',
  },
  'idempotency-key': {
    description:
      '1 to 255 printable ASCII characters. The same key with the same body gives the same turn, however often it is sent.',
    example: '5f3b9c1e',
  },
  'last-event-id': {
    description:
      'The seq of the last event that was read: the stream goes on behind it. 0 is the beginning. Wins over `after`.',
    example: '41',
  },
  'anthropic-version': {
    description: 'Passed on in a relay; on `/v1/models` it asks for the shape of that contract.',
    example: '2023-06-01',
  },
}

/** Headers of answers. */
export const responseHeaders: Readonly<Record<string, Header>> = {
  'x-request-id': {
    description: 'The id of the request, which leads to its line in the log. In a relay the upstream’s own.',
  },
  'request-id': { description: 'The same under the name that clients of the Messages API look for.' },
  'x-gateway-request-id': { description: 'The gateway’s id of the request, always.' },
  'x-gateway-provider': { description: 'Who answered.' },
  'x-gateway-model': { description: 'The model that answered, by its name there.' },
  'x-gateway-attempts': { description: 'How many upstream requests it took.' },
  'x-gateway-warnings': {
    description:
      'What was left out of the request, because the model cannot take it. ASCII, cut off where it is long.',
  },
  'idempotency-replayed': { description: '`true` where the turn was begun by an earlier request.' },
  'preference-applied': { description: '`respond-async`.' },
  'retry-after': { description: 'Seconds after which to try again.' },
  location: { description: 'The path of what was made.' },
}
