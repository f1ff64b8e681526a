import { createAnthropic } from '@gateway/provider'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createTestUpstream, jsonAnswer, type UpstreamAnswer } from './test-support.ts'

const make = (answer: UpstreamAnswer) => {
  const upstream = createTestUpstream(answer)
  return { ...upstream, ...createTestApp({ providers: upstream.providers }) }
}

const answer =
  '{"object":"list","data":[{"embedding":"AACAPw=="}],"usage":{"prompt_tokens":5,"total_tokens":5}} '

test('embeddings pass as they are, whatever encoding was asked for', async () => {
  const { app, calls, usage, v1 } = make(
    () => new Response(answer, { headers: { 'content-type': 'application/json', 'x-request-id': 'theirs' } }),
  )
  const body =
    '{ "model": "openai/text-embedding-3-small", "input": ["a"], "encoding_format": "base64", "new": 1.0 }'
  const response = await app.request('http://127.0.0.1/v1/embeddings', {
    method: 'POST',
    headers: { host: '127.0.0.1', 'content-type': 'application/json', authorization: 'Bearer theirs' },
    body,
  })
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(answer)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-request-id': 'theirs',
    'x-gateway-request-id': 'req_1',
    'x-gateway-provider': 'openai',
    'x-gateway-model': 'text-embedding-3-small',
  })
  expect(calls[0]).toMatchObject({
    url: 'https://api.openai.com/v1/embeddings',
    text: body.replace('openai/', ''),
    headers: { authorization: 'Bearer sk-upstream' },
  })
  while (v1.running() > 0) await new Promise(setImmediate)
  expect(usage).toMatchObject([
    { model: 'text-embedding-3-small', usage: { inputTokens: 5, outputTokens: 0 } },
  ])
  expect(usage[0]?.costUsd).toBeCloseTo((5 * 0.02) / 1_000_000, 12)
})

test('an error of the upstream is handed on as it is', async () => {
  const body = {
    error: { message: 'input too long', type: 'invalid_request_error', param: 'input', code: null },
  }
  const { call, usage } = make(() => jsonAnswer(body, { status: 400 }))
  const ask = { model: 'text-embedding-3-small', input: 'x' }
  expect(await call('POST', '/v1/embeddings', ask)).toMatchObject({ status: 400, json: body })
  expect(usage).toEqual([])
})

test('a provider without embeddings says so, and which one has them', async () => {
  const { call, calls } = make(() => jsonAnswer({}))
  const ask = { model: 'claude-sonnet-4-6', input: 'x' }
  expect(await call('POST', '/v1/embeddings', ask)).toMatchObject({
    status: 400,
    json: {
      error: {
        code: 'embeddings_not_supported',
        param: 'model',
        message: expect.stringMatching(/anthropic.*has no embeddings. Ask for a model of openai/),
      },
    },
  })
  expect(calls).toEqual([])
  const none = createTestApp({ providers: [createAnthropic({ apiKey: 'k' })] })
  expect((await none.call('POST', '/v1/embeddings', ask)).json.error.message).toContain(
    'No configured provider',
  )
})

test('a client that leaves frees the upstream', async () => {
  const { app, calls, v1 } = make(() => Promise.withResolvers<Response>().promise)
  const leaving = new AbortController()
  const answered = app.request('http://127.0.0.1/v1/embeddings', {
    method: 'POST',
    headers: { host: '127.0.0.1', 'content-type': 'application/json' },
    body: '{"model":"text-embedding-3-small","input":"x"}',
    signal: leaving.signal,
  })
  while (calls.length === 0) await new Promise(setImmediate)
  leaving.abort()
  expect(calls[0]?.signal.aborted).toBe(true)
  await answered
  while (v1.running() > 0) await new Promise(setImmediate)
})
