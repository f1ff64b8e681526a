import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

test.each([
  ['invalid JSON', '{"content":', 400, 'invalid_json'],
  ['no JSON at all', 'hello', 400, 'invalid_json'],
  ['an empty body', '', 400, 'invalid_json'],
  ['an array', '[]', 400, 'invalid_request'],
  ['null', 'null', 400, 'invalid_request'],
  ['an unknown key', '{"content":"x","api_base":"http://evil"}', 400, 'invalid_request'],
  ['a wrong type', '{"content":5}', 400, 'invalid_request'],
  ['no content', '{}', 400, 'invalid_request'],
  ['empty content', '{"content":""}', 400, 'invalid_request'],
  ['blank content', '{"content":" \\n\\t "}', 400, 'invalid_request'],
  ['no blocks', '{"content":[]}', 400, 'invalid_request'],
  ['an empty text block', '{"content":[{"type":"text","text":""}]}', 400, 'invalid_request'],
  [
    'an unknown block',
    '{"content":[{"type":"tool_result","tool_use_id":"x","content":"y"}]}',
    400,
    'invalid_request',
  ],
  [
    'a file URL',
    '{"content":[{"type":"image","source":{"kind":"url","url":"file:///etc/passwd"}}]}',
    400,
    'invalid_request',
  ],
  ['a tool that is not there', '{"content":"x","tools":["bash"]}', 400, 'unknown_tool'],
  ['a temperature out of range', '{"content":"x","temperature":3}', 400, 'invalid_request'],
  ['zero tokens', '{"content":"x","max_tokens":0}', 400, 'invalid_request'],
  ['an unknown disconnect policy', '{"content":"x","on_disconnect":"explode"}', 400, 'invalid_request'],
  ['a body that is too deep', `{"content":"x","metadata":{"a":${nested(70)}}}`, 400, 'too_deep'],
  ['a body that is one level too deep', `{"content":"x","metadata":{"a":${nested(63)}}}`, 400, 'too_deep'],
  ['a body that is very deep', `{"content":"x","metadata":{"a":${nested(200_000)}}}`, 400, 'too_deep'],
  ['a poisoned key', '{"content":"x","metadata":{"__proto__":{"a":1}}}', 400, 'invalid_request'],
  ['half of a surrogate pair', '{"content":"a\\ud800b"}', 400, 'invalid_request'],
  ['half of a surrogate pair in a key', '{"content":"x","metadata":{"\\udc00":1}}', 400, 'invalid_request'],
  ['a body that is too large', `{"content":"${'x'.repeat(4 * 1024 * 1024)}"}`, 413, 'body_too_large'],
  ['an unknown model', '{"content":"x","model":"gpt-9"}', 404, 'model_not_found'],
])('%s is refused with a JSON error, and nothing is written', async (_name, body, status, code) => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const answer = await call('POST', `${path}/messages`, body)
  expect(answer.status, answer.text).toBe(status)
  expect(answer.json).toEqual({
    error: {
      type: expect.any(String),
      code,
      message: expect.any(String),
      request_id: answer.headers.get('x-request-id'),
    },
  })
  expect((await call('GET', `${path}/messages`)).json.data).toEqual([])
})

test.each([
  ['{"content":5}', 'content: must be a text or a list of blocks'],
  [
    '{"content":[{"type":"text","text":5}]}',
    'content.0.text: Invalid input: expected string, received number',
  ],
  ['{"content":[{"type":"video"}]}', expect.stringContaining('content.0.type: ')],
  [
    '{"content":[{"type":"image","source":{"kind":"base64","media_type":"png","data":"aGk="}}]}',
    'content.0.source.media_type: must be a media type such as image/png',
  ],
])('the fault of %s is named with its place', async (body, message) => {
  const { call, createSession } = createTestApp()
  expect((await call('POST', `${await createSession()}/messages`, body)).json.error.message).toEqual(message)
})

test('metadata of a message that is too large is refused, and nothing is written', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const answer = await call('POST', `${path}/messages`, { content: 'x', metadata: { x: 'y'.repeat(20_000) } })
  expect(answer).toMatchObject({ status: 413, json: { error: { code: 'session_limit' } } })
  expect((await call('GET', `${path}/messages`)).json.data).toEqual([])
})

test('a body that is not declared as JSON is refused', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const body = JSON.stringify({ content: 'x' })
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ]) {
    expect((await call('POST', `${path}/messages`, body, { 'content-type': type })).status, type).toBe(415)
  }
  expect((await call('POST', `${path}/messages`, body, { 'content-encoding': 'gzip' })).status).toBe(415)
  expect(
    (await call('POST', `${path}/messages`, body, { 'content-type': 'application/json; charset=utf-8' }))
      .status,
  ).toBe(200)
})

test('bytes that are no UTF-8 are refused', async () => {
  const { app, createSession } = createTestApp()
  const path = await createSession()
  const response = await app.request(`http://127.0.0.1${path}/messages`, {
    method: 'POST',
    headers: { host: '127.0.0.1', 'content-type': 'application/json' },
    body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  })
  expect(response.status).toBe(400)
})

test('a wrong method is 405 and says which are possible', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const answer = await call('PUT', path, {})
  expect(answer).toMatchObject({ status: 405, json: { error: { code: 'method_not_allowed' } } })
  expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH')
  expect((await call('GET', `${path}/fork`)).headers.get('allow')).toBe('POST')
  expect((await call('DELETE', '/health')).status).toBe(405)
})

test('unknown paths and malformed ids are 404', async () => {
  const { call } = createTestApp()
  for (const path of [
    '/nothing',
    '/api',
    '/api/sessions/nonsense',
    '/api/sessions/sess_%00',
    '/api/sessions/..%2f..%2fetc',
    `/api/sessions/sess_${'x'.repeat(5000)}`,
  ]) {
    expect(await call('GET', path), path).toMatchObject({
      status: 404,
      json: { error: { type: 'not_found_error' } },
    })
  }
})

test('a session with an unknown model or tool is not created', async () => {
  const { call } = createTestApp()
  expect((await call('POST', '/api/sessions', { model: 'gpt-9' })).json.error).toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining('mock'),
  })
  expect((await call('POST', '/api/sessions', { tools: ['nothing'] })).json.error.code).toBe('unknown_tool')
  expect((await call('POST', '/api/sessions', { ttl_seconds: 0 })).status).toBe(400)
  expect((await call('POST', '/api/sessions', { metadata: { x: 'y'.repeat(20_000) } })).status).toBe(413)
  expect((await call('POST', '/api/sessions', { user_id: 'x' })).status).toBe(400)
  expect((await call('GET', '/api/sessions')).json.data).toEqual([])
})
