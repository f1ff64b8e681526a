import { expect, test } from 'vitest'
import { toEndpoint, toKey } from './endpoint.ts'
import { createHeaders } from './headers.ts'

test.for([
  ['https://api.test', 'https://api.test/v1/messages'],
  ['https://api.test/', 'https://api.test/v1/messages'],
  ['http://127.0.0.1:11434/proxy//', 'http://127.0.0.1:11434/proxy/v1/messages'],
  ['https://azure.test/openai?api-version=1', 'https://azure.test/openai/v1/messages?api-version=1'],
] as const)('%s leads to %s', ([baseURL, url]) => {
  expect(toEndpoint(baseURL, '/v1/messages', 'test')).toBe(url)
})

test.for(['', 'api.test', '/v1', 'ftp://api.test', 'file:///etc', 'https://user:pw@api.test'])(
  'a base URL %j is refused without being quoted',
  (baseURL) => {
    const make = () => toEndpoint(baseURL, '/x', 'test')
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-request', provider: 'test' }))
    expect(make).not.toThrow(/pw/)
  },
)

test('a key loses the white space around it; what no header holds is refused without being quoted', () => {
  expect(toKey(' sk-1\n', 'test')).toBe('sk-1')
  for (const key of ['', ' ', 'sk-secret\r\nx: y', 'sk-sécret', 'sk secret']) {
    expect(() => toKey(key, 'test')).toThrow(expect.objectContaining({ code: 'invalid-request' }))
    expect(() => toKey(key, 'test')).not.toThrow(/cret/)
  }
})

test("a call's headers win over the configured ones, and over no credential, framing or routing", () => {
  const call = {
    'Anthropic-Version': '2026-10-21',
    'X-Api-Key': 'evil',
    Authorization: 'evil',
    Host: 'evil',
    'Content-Length': '1',
    'Accept-Encoding': 'gzip',
    Cookie: 'a=b',
    'Proxy-Authorization': 'evil',
    Forwarded: 'for=1.2.3.4',
    Via: '1.1 proxy',
    'X-Forwarded-For': '1.2.3.4',
    'X-Real-IP': '1.2.3.4',
  }
  const configured = { 'anthropic-version': '2023-06-01', 'X-Team': 'blue' }
  expect(createHeaders({ configured, credentials: { 'x-api-key': 'ours' } })(call)).toEqual({
    'anthropic-version': '2026-10-21',
    'x-team': 'blue',
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'x-api-key': 'ours',
  })
})
