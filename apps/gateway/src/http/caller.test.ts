import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createAccess, sha256 } from './auth.ts'

const limited = { authorization: 'Bearer limited' }
const free = { authorization: 'Bearer free' }

/** Two keys of one tenant, of which one may ask for `mock-a` and use `echo` alone. */
const createLimitedApp = () =>
  createTestApp({
    deps: {
      access: createAccess([
        { tenant: 'acme', sha256: sha256('limited'), models: ['mock-a'], tools: ['echo'] },
        { tenant: 'acme', sha256: sha256('free') },
      ]),
    },
  })

const chat = (model: string) => ({ model, messages: [{ role: 'user', content: 'Hi' }] })

test('a key that names models may ask for no other, in each contract', async () => {
  const { call } = createLimitedApp()
  expect((await call('POST', '/v1/chat/completions', chat('mock-a'), limited)).status).toBe(200)
  expect((await call('POST', '/v1/chat/completions', chat('mock-b'), free)).status).toBe(200)
  const refused = await call('POST', '/v1/chat/completions', chat('mock-b'), limited)
  expect(refused.status).toBe(403)
  expect(refused.json.error).toMatchObject({ code: 'model_not_allowed', param: 'model' })
  const body = { ...chat('mock-b'), max_tokens: 5 }
  const messages = await call('POST', '/v1/messages', body, limited)
  expect(messages).toMatchObject({ status: 403, json: { error: { type: 'permission_error' } } })
  expect((await call('POST', '/v1/messages/count_tokens', body, limited)).status).toBe(403)
  expect((await call('GET', '/v1/models/mock-b', undefined, limited)).status).toBe(403)
  const { json } = await call('GET', '/v1/models', undefined, limited)
  expect(json.data.map(({ id }: { id: string }) => id)).toEqual(['mock-a'])
})

test('nor in sessions, whoever made them', async () => {
  const { call, createSession } = createLimitedApp()
  const refusal = { status: 403, json: { error: { code: 'model_not_allowed' } } }
  expect(await call('POST', '/api/sessions', { model: 'mock-b' }, limited)).toMatchObject(refusal)
  expect(await call('POST', '/api/sessions', {}, limited)).toMatchObject(refusal)
  const path = await createSession({ model: 'mock-b' }, free)
  expect(await call('POST', `${path}/messages`, { content: 'Hi' }, limited)).toMatchObject(refusal)
  expect(await call('PATCH', path, { model: 'mock-c' }, limited)).toMatchObject(refusal)
  const allowed = await call('POST', `${path}/messages`, { content: 'Hi', model: 'mock-a' }, limited)
  expect(allowed).toMatchObject({ status: 200, json: { turn: { status: 'completed' } } })
})

test('a key that names tools may use no other, itself or through a model', async () => {
  const { call, createSession } = createLimitedApp()
  const { json } = await call('GET', '/api/tools', undefined, limited)
  expect(json.tools.map(({ name }: { name: string }) => name)).toEqual(['echo'])
  expect((await call('POST', '/api/tools/timestamp/execute', {}, limited)).status).toBe(404)
  expect(
    (await call('POST', '/api/sessions', { model: 'mock-a', tools: ['timestamp'] }, limited)).status,
  ).toBe(400)
  const path = await createSession({ model: 'mock-a', tools: ['timestamp', 'echo'] }, free)
  const run = async (tool: string, headers: Record<string, string>) => {
    const answer = await call(
      'POST',
      `${path}/messages`,
      { content: `/tool ${tool} {"message":"x"}` },
      headers,
    )
    return JSON.stringify(answer.json.messages)
  }
  expect(await run('timestamp', limited)).toContain('not allowed')
  expect(await run('echo', limited)).toContain('"is_error":false')
})
