import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const keys = { 'key-a': 'acme' }
const chat = { model: 'mock', messages: [{ role: 'user', content: 'hi' }] }
const messages = { ...chat, max_tokens: 64 }

test('a key is taken as Bearer and as x-api-key, on every route', async () => {
  const { call, lines } = createTestApp({ keys })
  for (const headers of [{ authorization: 'Bearer key-a' }, { 'x-api-key': 'key-a' }]) {
    expect((await call('POST', '/v1/chat/completions', chat, headers)).status).toBe(200)
    expect((await call('POST', '/v1/messages', messages, headers)).status).toBe(200)
    expect((await call('GET', '/v1/models', undefined, headers)).status).toBe(200)
  }
  expect(lines.join('')).toContain('"tenant":"acme"')
  expect(lines.join('')).not.toContain('key-a')
})

test('without a good key each route refuses in the shape of its contract, always the same but for the id', async () => {
  const { call } = createTestApp({ keys })
  const message = 'A valid API key is required, as "Authorization: Bearer KEY" or "x-api-key: KEY".'
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'x-api-key': 'wrong' }]) {
    const openai = await call('POST', '/v1/chat/completions', chat, headers)
    expect(openai).toMatchObject({ status: 401, json: { error: { message, param: null } } })
    const anthropic = await call('POST', '/v1/messages', messages, headers)
    expect(anthropic).toMatchObject({
      status: 401,
      json: {
        type: 'error',
        error: { type: 'authentication_error', message },
        request_id: anthropic.headers.get('request-id'),
      },
    })
    // What there is, is nobody's business without a key.
    for (const path of ['/v1/models', '/v1/nothing', '/v1/responses', '/v1/embeddings']) {
      expect((await call('GET', path, undefined, headers)).status, path).toBe(401)
    }
  }
})

test('every answer has our request id, under the names that the SDKs look for', async () => {
  const { call } = createTestApp()
  const openai = await call('POST', '/v1/chat/completions', chat)
  expect(openai.headers.get('x-request-id')).toMatch(/^req_/)
  expect(openai.headers.get('x-gateway-request-id')).toBe(openai.headers.get('x-request-id'))
  expect(openai.headers.get('request-id')).toBeNull()
  const anthropic = await call('POST', '/v1/messages', messages)
  expect(anthropic.headers.get('request-id')).toBe(anthropic.headers.get('x-request-id'))
  const refused = await call('POST', '/v1/messages', 'x')
  expect(refused.json.request_id).toBe(refused.headers.get('request-id'))
})

test('without keys only this machine is answered, and no web page of another origin', async () => {
  const { call } = createTestApp()
  expect(await call('POST', '/v1/chat/completions', chat, { host: 'evil.example' })).toMatchObject({
    status: 403,
    json: { error: { code: 'forbidden_host' } },
  })
  const page = await call('POST', '/v1/messages', messages, { origin: 'http://evil.example' })
  expect(page).toMatchObject({ status: 403, json: { type: 'error', error: { type: 'permission_error' } } })
  expect([...page.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  const sent = { authorization: 'Bearer whatever' }
  expect((await call('POST', '/v1/chat/completions', chat, sent)).status).toBe(200)
})

test('what there is not is a 404 that says so, in the shape that the client reads', async () => {
  const { call } = createTestApp()
  expect(await call('GET', '/v1/nothing')).toMatchObject({
    status: 404,
    json: { error: { code: 'not_found', message: 'There is nothing at /v1/nothing.' } },
  })
  expect(await call('POST', '/v1/responses', {})).toMatchObject({
    status: 404,
    json: { error: { code: 'not_supported_yet', message: expect.stringContaining('chat/completions') } },
  })
  const twice = await call('POST', '/v1/v1/messages', messages, { 'anthropic-version': '2023-06-01' })
  expect(twice).toMatchObject({
    status: 404,
    json: {
      type: 'error',
      error: { type: 'not_found_error', message: expect.stringContaining('leave it out') },
    },
  })
})

test('a wrong method is a 405 that names the right one', async () => {
  const { call } = createTestApp()
  const openai = await call('GET', '/v1/chat/completions')
  expect(openai).toMatchObject({ status: 405, json: { error: { code: 'method_not_allowed' } } })
  expect(openai.headers.get('allow')).toBe('POST')
  const anthropic = await call('GET', '/v1/messages')
  expect(anthropic).toMatchObject({ status: 405, json: { type: 'error' } })
  expect((await call('POST', '/v1/models', {})).headers.get('allow')).toBe('GET, HEAD')
})

test.each([{ requestsPerTenant: 1 }, { requests: 1 }])(
  'too many requests at once are a 503 with a hint when to come back: %j',
  async (capacity) => {
    const { call, app } = createTestApp({ deps: { capacity } })
    const stalled = { ...chat, stream: true, messages: [{ role: 'user', content: '/stall\n/say one two' }] }
    const open = await app.request('http://127.0.0.1/v1/chat/completions', {
      method: 'POST',
      headers: { host: '127.0.0.1', 'content-type': 'application/json' },
      body: JSON.stringify(stalled),
    })
    expect(open.status).toBe(200)
    const refused = await call('POST', '/v1/messages', messages)
    expect(refused).toMatchObject({
      status: 503,
      json: { type: 'error', error: { type: 'overloaded_error' } },
    })
    expect(refused.headers.get('retry-after')).toBe('1')
    await open.body?.cancel()
    await new Promise(setImmediate)
    expect((await call('POST', '/v1/messages', messages)).status).toBe(200)
  },
)
