import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createTestUpstream, jsonAnswer, type UpstreamAnswer } from './test-support.ts'

const make = (answer: UpstreamAnswer = () => jsonAnswer({})) => {
  const upstream = createTestUpstream(answer)
  return { ...upstream, ...createTestApp({ providers: upstream.providers }) }
}
const path = '/v1/messages/count_tokens'
const ask = (model: string, content = 'How many tokens are these?') => ({
  model,
  messages: [{ role: 'user', content }],
})

test('a provider that counts is asked, with the headers of the contract', async () => {
  const { call, calls, usage } = make(() =>
    jsonAnswer({ input_tokens: 14, new: 1 }, { headers: { 'request-id': 'req_theirs' } }),
  )
  const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'b', 'x-api-key': 'theirs' }
  const answer = await call('POST', path, ask('anthropic/claude-sonnet-4-6'), headers)
  expect(answer).toMatchObject({ status: 200, json: { input_tokens: 14, new: 1 } })
  expect(answer.headers.get('request-id')).toBe('req_theirs')
  expect(answer.headers.get('x-gateway-request-id')).toBe('req_1')
  expect(calls[0]).toMatchObject({
    url: 'https://api.anthropic.com/v1/messages/count_tokens',
    text: JSON.stringify(ask('claude-sonnet-4-6')),
    headers: { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'b', 'x-api-key': 'sk-ant-upstream' },
  })
  // Counting is free of charge.
  expect(usage).toEqual([])
})

test('for other models it is counted here, large requests too', async () => {
  const { call, calls } = make()
  expect(await call('POST', path, ask('gpt-4.1'))).toMatchObject({
    status: 200,
    json: { input_tokens: expect.any(Number) },
  })
  const { json } = await call('POST', path, ask('gpt-4.1', 'word '.repeat(40_000)))
  expect(json.input_tokens).toBeGreaterThan(40_000)
  expect(json.input_tokens).toBeLessThan(40_100)
  expect(calls).toEqual([])
})

test('a name of a model cannot become a header of its own', async () => {
  const { call, calls } = make(() => jsonAnswer({ input_tokens: 1 }))
  const answer = await call('POST', path, ask('claude-✓\r\nx-evil: 1'))
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-gateway-model')).toBe('claude-???x-evil: 1')
  expect(answer.headers.get('x-evil')).toBeNull()
  expect(JSON.parse(calls[0]?.text ?? '').model).toBe('claude-✓\r\nx-evil: 1')
})

test('what cannot be counted is refused in the shape of Anthropic', async () => {
  const { call } = make()
  expect(await call('POST', path, { model: 'gpt-4.1' })).toMatchObject({
    status: 400,
    json: { type: 'error', error: { type: 'invalid_request_error' } },
  })
  const { call: refused } = make(() =>
    jsonAnswer({ type: 'error', error: { type: 'invalid_request_error', message: 'no' } }, { status: 400 }),
  )
  expect(await refused('POST', path, ask('claude-sonnet-4-6'))).toMatchObject({
    status: 400,
    json: { type: 'error', error: { message: 'no' } },
  })
})
