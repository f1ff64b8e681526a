import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const chat = (model: string, content = 'Hi') => ({ model, messages: [{ role: 'user', content }] })

/** The samples of a text, by name with labels. */
const samplesOf = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const space = line.lastIndexOf(' ')
        return [line.slice(0, space), Number(line.slice(space + 1))]
      }),
  )

test('requests, answers, attempts, sessions, turns and tools are counted', async () => {
  const { call, createSession } = createTestApp()
  await call('POST', '/v1/chat/completions', chat('mock'))
  await call('POST', '/v1/chat/completions', chat('mock', '/fail content-filter'))
  await call('POST', '/v1/chat/completions', '{')
  const path = await createSession()
  await call('POST', `${path}/messages`, { content: '/tool echo {"message":"x"}' })
  const { status, text, headers } = await call('GET', '/metrics')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const samples = samplesOf(text)
  const chats = 'route="/v1/chat/completions"'
  expect(Object.fromEntries(samples)).toMatchObject({
    [`gateway_requests_total{${chats},status="2xx"}`]: 1,
    [`gateway_requests_total{${chats},status="4xx"}`]: 2,
    [`gateway_request_errors_total{${chats},code="content_filter"}`]: 1,
    [`gateway_request_errors_total{${chats},code="invalid_json"}`]: 1,
    [`gateway_request_duration_seconds_count{${chats}}`]: 3,
    'gateway_requests_total{route="/api/sessions/:id/messages",status="2xx"}': 1,
    'gateway_attempts_total{provider="mock",model="mock",code="content_filter"}': 1,
    'gateway_attempts_total{provider="mock",model="mock",code="ok"}': 3,
    'gateway_unpriced_answers_total{provider="mock",model="mock"}': 2,
    gateway_sessions_created_total: 1,
    gateway_sessions_active: 1,
    gateway_messages_total: 1,
    'gateway_turns_total{model="mock",status="completed"}': 1,
    gateway_turn_duration_seconds_count: 1,
    'gateway_tool_calls_total{tool="echo",status="ok"}': 1,
    gateway_requests_running: 0,
    'gateway_breaker_state{provider="mock",model="mock"}': 0,
  })
  // An unknown price is not 0.
  expect(text).not.toContain('gateway_cost_usd_total{')
  expect(samples.get('gateway_tokens_total{provider="mock",model="mock",kind="input"}')).toBeGreaterThan(0)
})

test('nothing that a client makes up becomes a label', async () => {
  const { call } = createTestApp()
  for (let count = 0; count < 20; count += 1) {
    await call('POST', '/v1/chat/completions', chat(`mock-made-up-${count}`))
    await call('GET', `/v1/made-up-${count}`)
    await call('GET', `/made-up-${count}`)
    await call('POST', `/api/tools/made-up-${count}/execute`, {})
    await call('GET', `/api/sessions/made-up-${count}`)
  }
  const { text } = await call('GET', '/metrics')
  expect(text).not.toContain('made-up')
  expect(samplesOf(text).get('gateway_attempts_total{provider="mock",model="other",code="ok"}')).toBe(20)
  expect(samplesOf(text).get('gateway_tool_calls_total{tool="unknown",status="unknown_tool"}')).toBe(20)
})

test('the metrics need a key where keys exist', async () => {
  const { call } = createTestApp({ keys: { k: 'acme' } })
  expect((await call('GET', '/metrics')).status).toBe(401)
  expect((await call('GET', '/metrics', undefined, { authorization: 'Bearer k' })).status).toBe(200)
})
