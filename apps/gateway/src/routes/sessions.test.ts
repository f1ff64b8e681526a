import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

test('a session is created with what was asked for, and the defaults for the rest', async () => {
  const { call } = createTestApp()
  const { status, json, headers } = await call('POST', '/api/sessions', {
    system: 'Be brief.',
    tools: ['calculator'],
    ttl_seconds: 3600,
    metadata: { a: [1, { b: null }] },
  })
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`/api/sessions/${json.id}`)
  expect(json).toEqual({
    id: expect.stringMatching(/^sess_[A-Za-z0-9_-]{22,}$/),
    object: 'session',
    model: 'mock',
    system: 'Be brief.',
    tools: ['calculator'],
    metadata: { a: [1, { b: null }] },
    usage: {
      input_tokens: 0,
      output_tokens: 0,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
    },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updated_at: json.created_at,
    expires_at: new Date(Date.parse(json.created_at) + 3_600_000).toISOString(),
  })
  expect((await call('GET', `/api/sessions/${json.id}`)).json).toEqual(json)
})

test('a session can be created without a body', async () => {
  const { call } = createTestApp()
  expect(await call('POST', '/api/sessions')).toMatchObject({
    status: 201,
    json: { model: 'mock', tools: null },
  })
})

test('sessions are listed oldest first, page by page', async () => {
  const { call, createSession } = createTestApp()
  const paths: string[] = []
  for (let n = 0; n < 5; n += 1) paths.push(await createSession({ metadata: { n } }))
  const first = await call('GET', '/api/sessions?limit=3')
  expect(first.json).toMatchObject({
    object: 'list',
    data: [{ metadata: { n: 0 } }, {}, { metadata: { n: 2 } }],
  })
  const second = await call(
    'GET',
    `/api/sessions?limit=3&cursor=${encodeURIComponent(first.json.next_cursor)}`,
  )
  expect(second.json.data.map((session: { metadata: unknown }) => session.metadata)).toEqual([
    { n: 3 },
    { n: 4 },
  ])
  expect(second.json.next_cursor).toBeNull()
  expect((await call('GET', '/api/sessions?limit=101')).status).toBe(400)
  expect((await call('GET', '/api/sessions?cursor=garbage')).status).toBe(400)
  expect(paths).toHaveLength(5)
})

test('a session is changed by PATCH: null removes, absent keeps', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession({ system: 'a', tools: ['echo'], metadata: { x: 1 } })
  expect(await call('PATCH', path, { system: null, tools: null })).toMatchObject({
    status: 200,
    json: { system: null, tools: null, metadata: { x: 1 } },
  })
  expect((await call('PATCH', path, { metadata: { y: 2 }, model: 'mock-2' })).json).toMatchObject({
    metadata: { y: 2 },
    model: 'mock-2',
  })
  expect((await call('PATCH', path, { model: 'gpt-9' })).json.error.code).toBe('model_not_found')
  expect((await call('GET', path)).json).toMatchObject({ model: 'mock-2', system: null })
})

test('a deleted session is gone for every route', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  expect(await call('DELETE', path)).toMatchObject({ status: 204, text: '' })
  for (const [method, sub] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['GET', '/messages'],
    ['POST', '/messages'],
    ['GET', '/stream'],
    ['POST', '/fork'],
    ['POST', '/stream-token'],
    ['GET', '/turns/turn_1'],
    ['POST', '/turns/turn_1/cancel'],
    ['GET', '/context/x'],
    ['PUT', '/context/x'],
  ] as const) {
    const body =
      method === 'GET' || method === 'DELETE' ? undefined : sub === '/messages' ? { content: 'x' } : {}
    expect(await call(method, path + sub, body), `${method} ${sub}`).toMatchObject({
      status: 404,
      json: { error: { type: 'not_found_error', code: 'not_found' } },
    })
  }
})

test('a fork has the messages up to a point and goes its own way', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession({ system: 's' })
  const one = (await call('POST', `${path}/messages`, { content: 'one' })).json
  await call('POST', `${path}/messages`, { content: 'two' })
  const seq = one.messages[0].seq + 1
  const fork = await call('POST', `${path}/fork`, { after_seq: seq })
  expect(fork).toMatchObject({ status: 201, json: { object: 'session', system: 's' } })
  const forkPath = `/api/sessions/${fork.json.id}`
  expect((await call('GET', `${forkPath}/messages`)).json.data).toHaveLength(2)
  await call('POST', `${forkPath}/messages`, { content: 'three' })
  expect((await call('GET', `${forkPath}/messages`)).json.data).toHaveLength(4)
  expect((await call('GET', `${path}/messages`)).json.data).toHaveLength(4)
  expect((await call('POST', `${path}/fork`)).status).toBe(201)
  expect((await call('POST', `${path}/fork`, { after_seq: 10_000 })).status).toBe(400)
})

test('context variables hold any JSON', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  for (const value of [{ a: [1, 2, { b: 'ü' }] }, 'text', 0, false, null, [], 'x'.repeat(1000)]) {
    expect(await call('PUT', `${path}/context/my-key`, JSON.stringify(value))).toMatchObject({ status: 200 })
    expect((await call('GET', `${path}/context/my-key`)).json).toEqual(value)
  }
  expect((await call('GET', `${path}/context/other`)).status).toBe(404)
  expect((await call('DELETE', `${path}/context/my-key`)).status).toBe(204)
  expect((await call('DELETE', `${path}/context/my-key`)).status).toBe(404)
  const big = await call('PUT', `${path}/context/big`, JSON.stringify('x'.repeat(70_000)))
  expect(big).toMatchObject({ status: 413, json: { error: { code: 'session_limit' } } })
})
