import { createOpenAICompatible } from '@gateway/provider'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createTestUpstream } from './test-support.ts'

const make = () => {
  const { providers } = createTestUpstream(() => new Response())
  const local = createOpenAICompatible({
    name: 'local',
    baseURL: 'http://127.0.0.1:1/v1',
    models: ['org/llama4', 'gpt-4.1'],
  })
  return createTestApp({ providers: [...providers, local] })
}
const anthropic = { 'anthropic-version': '2023-06-01' }

test('models are listed in the shape of OpenAI: those of the catalogue, and those that a provider lists', async () => {
  const { status, json } = await make().call('GET', '/v1/models')
  expect(status).toBe(200)
  expect(json.object).toBe('list')
  expect(json.data).toContainEqual({ id: 'gpt-4.1', object: 'model', created: 0, owned_by: 'openai' })
  expect(json.data).toContainEqual({
    id: 'claude-sonnet-4-6',
    object: 'model',
    created: 0,
    owned_by: 'anthropic',
  })
  expect(json.data).toContainEqual({ id: 'org/llama4', object: 'model', created: 0, owned_by: 'local' })
  // A name that two serve is the first one's; the other is asked for by its full name.
  expect(json.data).toContainEqual({ id: 'local/gpt-4.1', object: 'model', created: 0, owned_by: 'local' })
  const ids = json.data.map(({ id }: { id: string }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('and in the shape of Anthropic, page by page, for who names its version', async () => {
  const { call } = make()
  const ids: string[] = []
  let after = ''
  for (let more = true; more; ) {
    const { status, json } = await call('GET', `/v1/models?limit=7${after}`, undefined, anthropic)
    expect(status).toBe(200)
    expect(json.data[0]).toEqual({
      type: 'model',
      id: json.first_id,
      display_name: json.first_id,
      created_at: '1970-01-01T00:00:00.000Z',
    })
    expect(json.last_id).toBe(json.data.at(-1).id)
    ids.push(...json.data.map(({ id }: { id: string }) => id))
    more = json.has_more
    after = `&after_id=${encodeURIComponent(json.last_id)}`
  }
  const all = (await call('GET', '/v1/models')).json.data.map(({ id }: { id: string }) => id)
  expect(ids).toEqual(all)
  const back = await call('GET', `/v1/models?limit=2&before_id=${ids[4]}`, undefined, anthropic)
  expect(back.json).toMatchObject({ has_more: true, data: [{ id: ids[2] }, { id: ids[3] }] })
  expect((await call('GET', '/v1/models', undefined, anthropic)).json.data).toHaveLength(20)
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'after_id=nothing']) {
    expect(await call('GET', `/v1/models?${query}`, undefined, anthropic), query).toMatchObject({
      status: 400,
      json: { type: 'error', error: { type: 'invalid_request_error' } },
    })
  }
})

test('one model is found by any name that a request may have, with slashes too', async () => {
  const { call } = make()
  for (const [path, id, owner] of [
    ['gpt-4.1', 'gpt-4.1', 'openai'],
    ['org/llama4', 'org/llama4', 'local'],
    ['org%2Fllama4', 'org/llama4', 'local'],
    ['local/org/llama4', 'local/org/llama4', 'local'],
    ['gpt-99-new', 'gpt-99-new', 'openai'],
  ]) {
    expect((await call('GET', `/v1/models/${path}`)).json, path).toMatchObject({ id, owned_by: owner })
  }
  expect((await call('GET', '/v1/models/gpt-4.1-2025-04-14')).json.created).toBe(1_744_588_800)
  expect(
    (await call('GET', '/v1/models/claude-haiku-4-5@20251001', undefined, anthropic)).json,
  ).toMatchObject({
    type: 'model',
    created_at: '2025-10-01T00:00:00.000Z',
  })
})

test('a model that nobody serves is a 404 that names what there is', async () => {
  const { call } = make()
  expect(await call('GET', '/v1/models/llama99')).toMatchObject({
    status: 404,
    json: { error: { code: 'model_not_found', message: expect.stringContaining('org/llama4') } },
  })
  expect((await call('GET', '/v1/models/%ff')).status).toBe(404)
  expect(await call('GET', '/v1/models/llama99', undefined, anthropic)).toMatchObject({
    status: 404,
    json: { type: 'error', error: { type: 'not_found_error' } },
  })
})
