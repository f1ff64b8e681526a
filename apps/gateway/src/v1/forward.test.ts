import { createEstimator } from '@gateway/tokenizer'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import {
  chatAnswer,
  chatChunk,
  createStreamAnswer,
  createTestUpstream,
  jsonAnswer,
  type UpstreamAnswer,
} from './test-support.ts'

const keys = { 'key-a': 'acme' }
const bearer = { authorization: 'Bearer key-a' }

/** The app before an upstream that the test plays. */
const make = (answer: UpstreamAnswer) => {
  const upstream = createTestUpstream(answer)
  const app = createTestApp({ keys, providers: upstream.providers })
  return {
    ...upstream,
    ...app,
    /** The log, once every answer has ended. */
    async entries() {
      while (app.v1.running() > 0) await new Promise(setImmediate)
      return app.lines.map((line) => JSON.parse(line))
    },
  }
}

const post = async (
  { app }: ReturnType<typeof make>,
  path: string,
  body: unknown,
  { signal, ...headers }: { signal?: AbortSignal; [name: string]: unknown } = {},
) =>
  app.request(`http://127.0.0.1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer, ...(headers as Record<string, string>) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })

const chat = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'secret question' }] }

test('a relay passes the bytes of both sides, and the headers that belong to the contract', async () => {
  const sent = '{ "model": "gpt-4.1", "messages": [], "new_field": {"a": 1.0, "n": 12345678901234567890} }'
  const text = `${JSON.stringify(chatAnswer)}   \n`
  const gateway = make(
    () =>
      new Response(text, {
        headers: {
          'content-type': 'application/json',
          'x-request-id': 'req_theirs',
          'openai-processing-ms': '12',
          'x-ratelimit-remaining-requests': '9',
          'set-cookie': 'a=b',
        },
      }),
  )
  const answer = await post(gateway, '/v1/chat/completions', sent, { 'openai-beta': 'x=v1', cookie: 'c=d' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(text)
  const headers = Object.fromEntries(answer.headers)
  expect(headers).toMatchObject({
    'x-request-id': 'req_theirs',
    'x-gateway-request-id': expect.stringMatching(/^req_\d+$/),
    'x-gateway-provider': 'openai',
    'x-gateway-model': 'gpt-4.1',
    'openai-processing-ms': '12',
    'x-ratelimit-remaining-requests': '9',
  })
  expect(headers).not.toHaveProperty('set-cookie')
  const [call] = gateway.calls
  expect(call?.text).toBe(sent)
  expect(call?.headers).toMatchObject({ authorization: 'Bearer sk-upstream', 'openai-beta': 'x=v1' })
  expect(JSON.stringify(call?.headers)).not.toMatch(/key-a|c=d/)
})

test('any model answers on any route', async () => {
  const gateway = make(() => jsonAnswer(chatAnswer))
  const answer = await post(gateway, '/v1/messages', { ...chat, max_tokens: 10 }, { 'x-api-key': 'key-a' })
  expect(await answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello' }] })
  expect(answer.headers.get('request-id')).toMatch(/^req_\d+$/)
  expect(JSON.stringify(gateway.calls[0]?.headers)).not.toContain('key-a')
})

test('an error of the same contract is handed on byte for byte, with what a client needs to come back', async () => {
  const body =
    '{ "error": {"message":"Slow down","type":"requests","param":null,"code":"rate_limit_exceeded"} }'
  const gateway = make(
    () =>
      new Response(body, {
        status: 429,
        headers: {
          'content-type': 'application/json',
          'retry-after': '7',
          'retry-after-ms': '6500',
          'x-should-retry': 'true',
          'x-ratelimit-limit-requests': '10',
          'x-request-id': 'req_theirs',
        },
      }),
  )
  const answer = await post(gateway, '/v1/chat/completions', chat)
  expect(answer.status).toBe(429)
  expect(await answer.text()).toBe(body)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'retry-after': '7',
    'retry-after-ms': '6500',
    'x-should-retry': 'true',
    'x-ratelimit-limit-requests': '10',
    'x-request-id': 'req_theirs',
    'x-gateway-request-id': expect.stringMatching(/^req_\d+$/),
    'x-gateway-provider': 'openai',
    'x-gateway-model': 'gpt-4.1',
    'x-gateway-attempts': '1',
  })
  const crossed = await post(gateway, '/v1/messages', { ...chat, max_tokens: 10 })
  expect(crossed.status).toBe(429)
  expect(await crossed.json()).toMatchObject({
    type: 'error',
    error: { type: 'rate_limit_error', message: 'Slow down' },
    request_id: crossed.headers.get('request-id'),
  })
  expect(crossed.headers.get('retry-after')).toBe('7')
  expect(crossed.headers.get('retry-after-ms')).toBe('6500')
  expect(crossed.headers.get('x-ratelimit-limit-requests')).toBeNull()
})

test('a key that an upstream does not take is our fault: 502, and an alarm in the log', async () => {
  const error = { message: 'Incorrect API key: sk-upstream', type: 'x', code: 'invalid_api_key' }
  const headers = { 'x-request-id': 'req_theirs', 'x-should-retry': 'false' }
  const gateway = make(() => jsonAnswer({ error }, { status: 401, headers }))
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    const answer = await post(gateway, path, { ...chat, max_tokens: 10 })
    expect(answer.status).toBe(502)
    expect(await answer.text()).not.toMatch(/sk-upstream|Incorrect/)
    expect(answer.headers.get('x-request-id')).toMatch(/^req_\d+$/)
    expect(answer.headers.get('x-should-retry')).toBeNull()
  }
  const alarms = (await gateway.entries()).filter(({ level }) => level === 'error')
  expect(alarms).toMatchObject([{ error: 'provider_authentication', status: 502, provider: 'openai' }, {}])
})

test('an HTML page and an unreachable upstream are well-formed errors', async () => {
  const page = make(() => new Response('<html>bad gateway</html>', { status: 502 }))
  expect(await (await post(page, '/v1/chat/completions', chat)).json()).toMatchObject({
    error: { message: expect.any(String) },
  })
  const dead = make(() => Promise.reject(new TypeError('fetch failed')))
  const answer = await post(dead, '/v1/messages', { ...chat, max_tokens: 10 })
  expect(answer.status).toBe(502)
  expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } })
})

test('nothing of a stream is sent before there is content, and then at once', async () => {
  const stream = createStreamAnswer()
  const gateway = make(() => stream.response)
  let isAnswered = false
  const answered = post(gateway, '/v1/chat/completions', { ...chat, stream: true })
  void answered.then(() => {
    isAnswered = true
  })
  stream.write(chatChunk({ role: 'assistant', content: '' }))
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
  expect(isAnswered).toBe(false)
  const text = chatChunk({ content: 'Hel' })
  stream.write(text)
  const answer = await answered
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  stream.write(`${chatChunk({}, 'stop')}data: [DONE]\n\n`)
  stream.end()
  expect(await answer.text()).toBe(
    `${chatChunk({ role: 'assistant', content: '' })}${text}${chatChunk({}, 'stop')}data: [DONE]\n\n`,
  )
})

test('what failed before any content is a status, what broke behind it an error in the stream', async () => {
  const before = createStreamAnswer()
  const early = make(() => before.response)
  const refused = post(early, '/v1/chat/completions', { ...chat, stream: true })
  before.write(chatChunk({ role: 'assistant', content: '' }))
  await new Promise(setImmediate)
  before.fail(new TypeError('reset'))
  expect((await refused).status).toBe(502)

  const behind = createStreamAnswer()
  const late = make(() => behind.response)
  const answered = post(late, '/v1/messages', { ...chat, max_tokens: 5, stream: true })
  behind.write(chatChunk({ content: 'Hel' }))
  const answer = await answered
  behind.fail(new TypeError('reset'))
  const text = await answer.text()
  expect(text).toContain('event: error\n')
  expect(text).not.toContain('message_stop')
  expect(await late.entries()).toMatchObject([{ status: 200, error: 'network', level: 'warn' }])
})

test.each([
  ['before the first byte', true, false],
  ['in the middle of a stream', true, true],
  ['while a whole answer is awaited', false, false],
])('a client that leaves %s frees the upstream', async (_name, stream, hasBegun) => {
  const upstream = createStreamAnswer()
  const { promise: pending } = Promise.withResolvers<Response>()
  const gateway = make(() => (hasBegun ? upstream.response : pending))
  const leaving = new AbortController()
  const answered = post(gateway, '/v1/chat/completions', { ...chat, stream }, { signal: leaving.signal })
  while (gateway.calls.length === 0) await new Promise(setImmediate)
  if (hasBegun) {
    upstream.write(chatChunk({ content: 'Hel' }))
    await answered
  }
  expect(gateway.calls[0]?.signal.aborted).toBe(false)
  leaving.abort()
  expect(gateway.calls[0]?.signal.aborted).toBe(true)
  await answered
  const status = hasBegun ? 200 : 499
  expect(await gateway.entries()).toMatchObject([{ level: 'info', status, client_left: true }])
})

test('each answer leaves one line and one usage row, and the line holds no body and no key', async () => {
  const gateway = make(() => jsonAnswer(chatAnswer))
  await post(gateway, '/v1/chat/completions', chat, { 'x-secret': 'secret header' })
  expect(await gateway.entries()).toEqual([
    {
      msg: 'request',
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      request_id: 'req_1',
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      tenant: 'acme',
      model: 'gpt-4.1',
      provider: 'openai',
      provider_model: 'gpt-4.1',
      attempts: 1,
      relay: true,
      stream: false,
      input_tokens: 3,
      output_tokens: 1,
      first_token_ms: expect.any(Number),
      duration_ms: expect.any(Number),
    },
  ])
  expect(gateway.lines.join('')).not.toMatch(/secret|sk-upstream|key-a|Hello/)
  expect(gateway.usage).toEqual([
    {
      tenant: 'acme',
      id: 'req_1',
      model: 'gpt-4.1',
      provider: 'openai',
      at: expect.any(Number),
      usage: { inputTokens: 3, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
      costUsd: (3 * 2 + 1 * 8) / 1_000_000,
    },
  ])
})

test('what a provider did not count is estimated; what failed costs nothing', async () => {
  const { usage: _usage, ...uncounted } = chatAnswer
  let fails = false
  const gateway = make(() => (fails ? jsonAnswer({}, { status: 500 }) : jsonAnswer(uncounted)))
  const ask = async (body: object) => {
    await post(gateway, '/v1/chat/completions', body)
    await gateway.entries()
  }
  await ask(chat)
  const inputTokens = createEstimator({ model: chat.model }).countRequest(chat)
  expect(gateway.usage).toMatchObject([{ estimated: true, usage: { inputTokens, outputTokens: 0 } }])
  const long = { ...chat, messages: [{ role: 'user', content: 'x '.repeat(50_000) }] }
  await ask(long)
  expect(gateway.usage[1]?.usage.inputTokens).toBeGreaterThan(20_000)
  fails = true
  await ask(chat)
  expect(gateway.usage).toHaveLength(2)
})
