import { ProviderError } from '../errors.ts'

/** Names in lower case. */
export type HeadHeaders = Record<string, string>

/** A coding of bodies that is undone here. */
export type BodyCoding = 'gzip' | 'deflate' | 'br'

/** The head of an answer as a sink gets it, and what its body is still wrapped in. */
export interface ResponseHead {
  headers: HeadHeaders
  coding: BodyCoding | undefined
}

// Of the connection to the upstream, or cookies for us: neither is anybody else's.
const left = /^(?:connection|keep-alive|proxy-.*|set-cookie|te|trailer|transfer-encoding|upgrade)$/

// What a header's value can be made of (RFC 9110, 5.5). A line end in one would split the answer to our client.
const sound = /^[\t\x20-\x7e\x80-\xff]*$/

const codings: Readonly<Record<string, BodyCoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
}

/**
 * The head as it is handed on: repeated headers joined, those of the connection left out. ProviderError `bad-response`
 * for a value that no header can have, and for a body of an unknown coding or of more than one.
 */
export const toHead = (
  name: string,
  status: number,
  received: Readonly<Record<string, string | readonly string[] | undefined>>,
): ResponseHead => {
  const headers: HeadHeaders = {}
  for (const key in received) {
    const values = received[key]
    if (values === undefined || left.test(key)) continue
    const value = typeof values === 'string' ? values : values.join(', ')
    if (!sound.test(value)) throw bad(`${name} sent a ${key} header that no header can be.`, status)
    headers[key] = value
  }
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
