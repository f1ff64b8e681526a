import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createAccess, sha256 } from './auth.ts'

const keys = { 'key-a': 'acme', 'key-b': 'beta' }
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

test('with keys, a request without a good one is 401 and always the same but for its id', async () => {
  const { call } = createTestApp({ keys })
  const bodies = new Set<string>()
  for (const headers of [
    {},
    bearer('wrong'),
    { 'x-api-key': '' },
    { authorization: 'Basic key-a' },
    bearer('key-a ; drop'),
  ]) {
    const answer = await call('GET', '/api/sessions', undefined, headers)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    bodies.add(answer.text.replace(/req_\d+/, 'req'))
  }
  const stream = await call('GET', '/api/sessions/sess_1/stream?token=wrong')
  expect(stream.headers.get('www-authenticate')).toBe('Bearer')
  bodies.add(stream.text.replace(/req_\d+/, 'req'))
  expect(bodies.size).toBe(1)
  expect((await call('GET', '/health')).status).toBe(401)
  expect((await call('GET', '/livez')).status).toBe(200)
  expect((await call('GET', '/readyz')).status).toBe(200)
  expect((await call('GET', '/')).status).toBe(200)
})

test('a key is taken as Bearer and as x-api-key, and each tenant sees its own sessions alone', async () => {
  const { call, createSession } = createTestApp({ keys })
  const path = await createSession({}, bearer('key-a'))
  expect((await call('GET', path, undefined, { 'x-api-key': 'key-a' })).status).toBe(200)
  const foreign = await call('GET', path, undefined, bearer('key-b'))
  const unknown = await call('GET', '/api/sessions/sess_0000000000000000000000', undefined, bearer('key-b'))
  expect(foreign.status).toBe(404)
  expect(foreign.text.replace(/req_\d+/, '')).toBe(unknown.text.replace(/req_\d+/, ''))
  expect((await call('GET', '/api/sessions', undefined, bearer('key-b'))).json.data).toEqual([])
  for (const [method, sub, body] of [
    ['DELETE', '', undefined],
    ['POST', '/messages', { content: 'x' }],
    ['POST', '/fork', {}],
    ['GET', '/stream', undefined],
    ['PUT', '/context/x', {}],
  ] as const) {
    expect((await call(method, path + sub, body, bearer('key-b'))).status, `${method} ${sub}`).toBe(404)
  }
  expect((await call('GET', path, undefined, bearer('key-a'))).status).toBe(200)
})

test('what was good in one header is no more than that, and only until keys are replaced', () => {
  const acme = { tenant: 'acme', sha256: sha256('key-a') }
  const access = createAccess([acme])
  for (const _ of ['first', 'known']) {
    for (const written of ['Bearer key-a', 'bearer   key-a ']) expect(access.find(written, null)).toBe(acme)
    expect(access.find(undefined, 'key-a')).toBe(acme)
    expect(access.find('Basic key-a', 'key-a')).toBe(acme)
    expect(access.find(undefined, 'Bearer key-a')).toBe(undefined)
    expect(access.find('key-a', undefined)).toBe(undefined)
    expect(access.find('Bearer wrong', 'key-a')).toBe(undefined)
  }
  access.replace([{ tenant: 'beta', sha256: sha256('key-b') }])
  expect(access.find('Bearer key-a', undefined)).toBe(undefined)
  expect(access.find(undefined, 'key-a')).toBe(undefined)
})

test('a stream token opens one session stream, read only, for five minutes', async () => {
  let now = 1_000_000
  const { app, call, createSession, lines } = createTestApp({ keys, deps: { now: () => now } })
  const path = await createSession({}, bearer('key-a'))
  const other = await createSession({}, bearer('key-a'))
  const { status, json } = await call('POST', `${path}/stream-token`, undefined, bearer('key-a'))
  expect({ status, expires: json.expires_at }).toEqual({
    status: 201,
    expires: new Date(now + 300_000).toISOString(),
  })
  const ask = (target: string, token: string) =>
    app.request(`http://127.0.0.1${target}?token=${token}`, { headers: { host: '127.0.0.1' } })
  const stream = await ask(`${path}/stream`, json.token)
  expect(stream.status).toBe(200)
  await stream.body?.cancel()
  expect((await ask(`${other}/stream`, json.token)).status).toBe(401)
  expect((await ask(path, json.token)).status).toBe(401)
  expect((await ask(`${path}/messages`, json.token)).status).toBe(401)
  expect((await ask(`${path}/stream`, `${json.token}x`)).status).toBe(401)
  expect((await ask(`${path}/stream`, 'a.b')).status).toBe(401)
  now += 300_001
  expect((await ask(`${path}/stream`, json.token)).status).toBe(401)
  expect(lines.join('')).not.toContain(json.token)
})

test('without keys credentials are ignored, and only this machine is answered', async () => {
  const { app, call, createSession } = createTestApp()
  expect((await call('GET', '/api/sessions', undefined, bearer('whatever'))).status).toBe(200)
  const stream = await app.request(`http://127.0.0.1${await createSession()}/stream?token=whatever`, {
    headers: { host: '127.0.0.1' },
  })
  expect(stream.status).toBe(200)
  await stream.body?.cancel()
  for (const host of ['localhost:8787', '127.0.0.1', '[::1]:8787', '127.0.0.2:1']) {
    expect((await call('GET', '/api/sessions', undefined, { host })).status, host).toBe(200)
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8787',
    '10.0.0.1',
    '',
  ]) {
    expect(await call('GET', '/api/sessions', undefined, { host }), host).toMatchObject({
      status: 403,
      json: { error: { code: 'forbidden_host' } },
    })
  }
})

test('without keys a web page of another origin is refused, and CORS is off', async () => {
  const { call } = createTestApp()
  const ask = (origin: string) => call('POST', '/api/sessions', {}, { host: 'localhost:8787', origin })
  expect((await ask('http://localhost:8787')).status).toBe(201)
  for (const origin of ['http://evil.example', 'null', 'http://localhost:9999', 'https://localhost:8787']) {
    const answer = await ask(origin)
    expect(answer, origin).toMatchObject({ status: 403, json: { error: { code: 'forbidden_origin' } } })
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('bodies, keys and queries are not logged, and every line has its request id', async () => {
  const { call, createSession, lines } = createTestApp({ keys })
  const path = await createSession({ system: 'secret-system' }, bearer('key-a'))
  await call('POST', `${path}/messages`, { content: 'secret-content' }, bearer('key-a'))
  await call('GET', '/api/sessions?cursor=secret-query', undefined, bearer('secret-key'))
  const log = lines.join('')
  expect(log).not.toContain('secret')
  expect(log).not.toContain('key-a')
  const entries = lines.map((line) => JSON.parse(line))
  expect(entries.filter((entry) => entry.msg === 'request')).toMatchObject([
    { request_id: 'req_1', method: 'POST', path: '/api/sessions', status: 201, tenant: 'acme' },
    { request_id: 'req_2', status: 200 },
    { request_id: 'req_3', status: 401 },
  ])
})
