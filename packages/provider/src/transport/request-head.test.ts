import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TransportRequest } from '../types/transport.ts'
import { toOutgoingRequest } from './request-head.ts'
import { readTarget } from './request-target.ts'

const target = readTarget('http://upstream.test:8080/v1/x?a=b%20c#d')
const toHead = (over: Partial<TransportRequest> = {}) =>
  toOutgoingRequest({ url: '', method: 'POST', headers: {}, ...over }, target).head
const invalid = expect.objectContaining({ name: 'ProviderError', code: 'invalid-request' })
const refusal = (over: Partial<TransportRequest>): unknown => {
  try {
    return toHead(over)
  } catch (error) {
    return error
  }
}

test('the head says what is sent, and nothing twice', () => {
  const headers = {
    authorization: 'Bearer k',
    'Accept-Encoding': 'gzip',
    'X-Latin': '\xfc',
    'x-none': undefined,
  }
  // A caller without types may leave a header open.
  const head = toHead({ headers: headers as unknown as Record<string, string>, body: 'ü' })
  expect(head.split('\r\n')).toEqual([
    'POST /v1/x?a=b%20c HTTP/1.1',
    'host: upstream.test:8080',
    'connection: keep-alive',
    'accept-encoding: identity',
    'authorization: Bearer k',
    'X-Latin: \xfc',
    'content-length: 2',
    '',
    '',
  ])
})

test('a body has its length, and so has none where one is expected', () => {
  expect(toHead({ body: new Uint8Array(3) })).toMatch(/\r\ncontent-length: 3\r\n\r\n$/)
  expect(toHead({ body: '' })).toMatch(/\r\ncontent-length: 0\r\n\r\n$/)
  expect(toHead()).toMatch(/\r\ncontent-length: 0\r\n\r\n$/)
  expect(toHead({ method: 'GET' })).not.toContain('content-length')
})

test.for([
  ...['Host', 'connection', 'Keep-Alive', 'Transfer-Encoding', 'content-length', 'TE', 'trailer'],
  ...['upgrade', 'proxy-connection', 'expect', 'http2-settings'],
])('%s is for the transport to set', (name) => {
  const error = refusal({ headers: { [name]: 'secret' } })
  expect(error).toEqual(invalid)
  expect(String(error)).toContain(`"${name.toLowerCase()}"`)
  expect(String(error)).not.toContain('secret')
})

test.for([
  ...['', ' ', 'x a', 'x:', 'x\r', 'x\n', 'x\0', 'x\t', '\xe4', 'ł', 'x(', 'transfer-encoding ', 'x\r\ny: 1'],
])('%j is no name of a header', (name) => {
  expect(refusal({ headers: { [name]: 'b' } })).toEqual(invalid)
})

test.for(['\r', '\n', '\r\n', '\0', '\x0b', '\x7f', '\x1b', 'ł', '\u{1f600}', '\u010d\u010a'])(
  'no value holds %j',
  (text) => {
    const error = refusal({ headers: { 'x-a': `secret${text}x-evil: 1` } })
    expect(error).toEqual(invalid)
    expect(String(error)).not.toContain('secret')
  },
)

test.for(['', 'GET /', 'G\r\n', 'GET\0', 'CONNECT', 'PÖST'])('%j is no method', (method) => {
  // The type has two; a caller without types may have any.
  expect(refusal({ method: method as 'GET' })).toEqual(invalid)
})

test('whatever a caller sets, there is one request of as many lines as it has headers', () => {
  const text = fc.string({ unit: 'binary', maxLength: 8 })
  const odd = fc.constantFrom('\r\n', '\n', '\r', '\r\n\r\nGET / HTTP/1.1', ': ', '\0', 'host', 'x')
  const part = fc.array(fc.oneof(text, odd, fc.stringMatching(/^[a-z-]{1,8}$/)), { maxLength: 3 })
  const headers = fc.dictionary(
    part.map((parts) => parts.join('')),
    part.map((parts) => parts.join('')),
  )
  const property = fc.property(headers, (made) => {
    const head = refusal({ headers: made })
    if (typeof head !== 'string') {
      expect(head).toEqual(invalid)
      return
    }
    const lines = head.split(/\r|\n|\r\n/)
    const sent = Object.keys(made).filter((name) => name.toLowerCase() !== 'accept-encoding')
    expect(head.split('\r\n')).toHaveLength(sent.length + 7)
    // Nothing but CR LF ends a line.
    expect(lines.filter((line) => line !== '')).toHaveLength(sent.length + 5)
    expect(head).not.toMatch(/[^\t\r\n\x20-\x7e\x80-\xff]/)
  })
  fc.assert(property, { numRuns: 2000 })
})
