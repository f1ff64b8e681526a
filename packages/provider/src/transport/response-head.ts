import { ProviderError } from '../errors.ts'
import { isHeaderValue } from '../http/passed-headers.ts'

/** Names in lower case. */
export type HeadHeaders = Record<string, string>

/** A coding of bodies that is undone here. */
export type BodyCoding = 'gzip' | 'deflate' | 'br'

/** The head of an answer as a sink gets it, and what its body is still wrapped in. */
export interface ResponseHead {
  headers: HeadHeaders
  coding: BodyCoding | undefined
}

const codings: Readonly<Record<string, BodyCoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
}

/**
 * The head as it is handed on, repeated headers joined. ProviderError `bad-response` for a value that no header can have
 * (RFC 9110, 5.5; a line end in one would split an answer of ours), and for a body of an unknown coding or of several.
 */
export const toHead = (
  name: string,
  status: number,
  received: Readonly<Record<string, string | readonly string[] | undefined>>,
): ResponseHead => {
  const headers: HeadHeaders = {}
  for (const key in received) {
    const values = received[key]
    if (values === undefined) continue
    const value = typeof values === 'string' ? values : values.join(', ')
    if (!isHeaderValue(value)) throw bad(`${name} sent a ${key} header that no header can be.`, status)
    headers[key] = value
  }
  return unwrapHead(name, status, headers)
}

/** A head whose values are known to be ones. ProviderError `bad-response` for an unknown coding or several. */
export const unwrapHead = (name: string, status: number, headers: HeadHeaders): ResponseHead => {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return { headers, coding: undefined }
  const coding = codings[encoding]
  if (coding === undefined) {
    const quoted = JSON.stringify(encoding.slice(0, 40))
    throw bad(`${name} encoded its answer as ${quoted}; one layer of gzip, deflate or br is undone.`, status)
  }
  // What is handed on is decoded, so these two would lie about it.
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers
  return { headers: rest, coding }
}

const bad = (message: string, status: number) => new ProviderError(message, { code: 'bad-response', status })
