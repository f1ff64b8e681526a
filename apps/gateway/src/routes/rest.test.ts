import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

test('tools are listed with their schemas', async () => {
  const { call } = createTestApp()
  const { status, json } = await call('GET', '/api/tools')
  expect(status).toBe(200)
  expect(json.count).toBe(3)
  expect(json.tools.map((tool: { name: string }) => tool.name)).toEqual(['echo', 'calculator', 'timestamp'])
  expect(json.tools[1]).toMatchObject({
    description: expect.any(String),
    available: true,
    input_schema: { type: 'object' },
  })
})

test('a tool can be run without a model', async () => {
  const { call } = createTestApp()
  const run = (name: string, body: unknown) => call('POST', `/api/tools/${name}/execute`, body)
  expect(await run('calculator', { input: { operation: 'add', a: 5, b: 3 } })).toMatchObject({
    status: 200,
    json: {
      tool: 'calculator',
      status: 'ok',
      is_error: false,
      content: '8',
      duration_ms: expect.any(Number),
    },
  })
  expect((await run('calculator', { input: { operation: 'divide', a: 5, b: 0 } })).json).toMatchObject({
    is_error: true,
  })
  expect((await run('calculator', { input: { operation: 'add', a: 'five', b: 3 } })).json).toMatchObject({
    status: 'invalid_input',
    is_error: true,
    content: expect.stringContaining('a'),
  })
  expect((await run('timestamp', undefined)).json).toMatchObject({ status: 'ok' })
  for (const name of ['bash', 'read_file', 'nothing', '__proto__', 'constructor']) {
    expect((await run(name, { input: {} })).status, name).toBe(404)
  }
  expect((await run('echo', { input: {}, command: 'ls' })).status).toBe(400)
})

test('health says what runs here', async () => {
  const { call } = createTestApp()
  expect((await call('GET', '/health')).json).toEqual({
    status: 'ok',
    version: '0.0.0-test',
    store: { kind: 'memory', durability: 'memory' },
    providers: [{ name: 'mock', dialects: ['mock'] }],
    targets: [],
    models: [],
    default_model: 'mock',
  })
})

test('a draining server is alive but not ready', async () => {
  const { call } = createTestApp({ deps: { isReady: () => false } })
  expect((await call('GET', '/livez')).status).toBe(200)
  expect(await call('GET', '/readyz')).toMatchObject({ status: 503, json: { status: 'draining' } })
})

test('the chat page runs only its own script, and takes no frame', async () => {
  const { call } = createTestApp()
  const page = await call('GET', '/')
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(page.text).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/)
  expect((await call('GET', '/chat.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect((await call('GET', '/chat.css')).status).toBe(200)
  expect((await call('GET', '/package.json')).status).toBe(404)
})

test('too many running turns are refused with a hint when to come back', async () => {
  const { call, createSession } = createTestApp({ deps: { capacity: { turnsPerTenant: 1 } } })
  const first = await createSession()
  const second = await createSession()
  const idempotent = { 'idempotency-key': 'k', prefer: 'respond-async' }
  const { turn } = (await call('POST', `${first}/messages`, { content: '/stall' }, idempotent)).json
  const refused = await call('POST', `${second}/messages`, { content: 'hi' })
  expect(refused).toMatchObject({ status: 503, json: { error: { code: 'too_many_turns' } } })
  expect(refused.headers.get('retry-after')).toBe('1')
  // A retry of what was accepted is no new turn.
  expect((await call('POST', `${first}/messages`, { content: '/stall' }, idempotent)).json.turn.id).toBe(
    turn.id,
  )
  await call('POST', `${first}/turns/${turn.id}/cancel`)
  expect((await call('POST', `${second}/messages`, { content: 'hi' })).status).toBe(200)
})
