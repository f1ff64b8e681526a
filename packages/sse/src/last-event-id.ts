import { quote, SseError } from './errors.ts'

const SEQUENCE_NUMBER = /^(?:0|[1-9]\d*)$/

/**
 * Reads a `Last-Event-ID` header on a server whose ids are sequence numbers.
 *
 * Absent and empty both mean that the client has seen nothing yet: `undefined`. Only what such a server wrote is
 * accepted: decimal digits without sign, spaces or leading zeros, at most 2^53-1.
 *
 * @throws SseError `invalid-field` for anything else; answer it with status 400.
 *
 * @example
 * const after = parseLastEventId(request.headers.get('last-event-id')) ?? 0
 */
export const parseLastEventId = (value: string | null | undefined): number | undefined => {
  if (value === null || value === undefined || value === '') return undefined
  const sequence = Number(value)
  if (SEQUENCE_NUMBER.test(value) && Number.isSafeInteger(sequence)) return sequence
  throw new SseError(
    'invalid-field',
    `Last-Event-ID must be a whole number up to 2^53-1 as this server sent it, got ${quote(value)}.`,
  )
}
