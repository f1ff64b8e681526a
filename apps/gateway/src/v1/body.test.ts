import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { toModelBody } from './body.ts'
import { chatAnswer, createTestUpstream, jsonAnswer } from './test-support.ts'

const nested = (depth: number) =>
  `{"model":"mock","messages":[],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`

const faults: [string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string | null][] = [
  ['no JSON', 'hello', {}, 400, 'invalid_json'],
  ['an empty body', '', {}, 400, 'invalid_json'],
  [
    'bytes that are no UTF-8',
    new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    {},
    400,
    'invalid_json',
  ],
  ['a list', '[]', {}, 400, null],
  ['null', 'null', {}, 400, null],
  ['a model that is no text', '{"model":5}', {}, 400, null],
  ['an empty model', '{"model":""}', {}, 400, null],
  ['null as the model', '{"model":null}', {}, 400, null],
  ['a body that is one level too deep', nested(64), {}, 400, 'too_deep'],
  ['a body that is very deep', nested(500_000), {}, 400, 'too_deep'],
  ['text', '{"model":"mock"}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  ['a compressed body', '{"model":"mock"}', { 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
  ['an unknown model', '{"model":"gpt-9","messages":[]}', {}, 404, 'model_not_found'],
]

test.each(faults)(
  '%s is refused in the shape of each contract',
  async (_name, body, headers, status, code) => {
    const { app } = createTestApp()
    const ask = (path: string) =>
      app.request(`http://127.0.0.1${path}`, {
        method: 'POST',
        headers: { host: '127.0.0.1', 'content-type': 'application/json', ...headers },
        body,
      })
    const openai = await ask('/v1/chat/completions')
    expect(openai.status).toBe(status)
    expect(await openai.json()).toMatchObject({ error: { code, message: expect.any(String) } })
    const anthropic = await ask('/v1/messages')
    expect(anthropic.status).toBe(status)
    expect(await anthropic.json()).toMatchObject({
      type: 'error',
      error: { type: expect.stringMatching(/_error$/), message: expect.any(String) },
      request_id: anthropic.headers.get('request-id'),
    })
  },
)

test('a body is taken up to 32 MiB', async () => {
  const { providers, calls } = createTestUpstream(() => jsonAnswer(chatAnswer))
  const { call } = createTestApp({ providers })
  const body = (size: number) => {
    const start = '{"model":"gpt-4.1","messages":[{"role":"user","content":"'
    return `${start}${'x'.repeat(size - start.length - 4)}"}]}`
  }
  const limit = 32 * 1024 * 1024
  expect((await call('POST', '/v1/chat/completions', body(limit))).status).toBe(200)
  expect(calls[0]?.body.length).toBe(limit)
  const refused = await call('POST', '/v1/chat/completions', body(limit + 1))
  expect(refused).toMatchObject({ status: 413, json: { error: { code: 'body_too_large' } } })
  expect(calls).toHaveLength(1)
})

test('the depth that is allowed is allowed', () => {
  const bytes = new TextEncoder().encode(nested(63))
  expect(toModelBody(bytes, 'd').model).toBe('mock')
})

test('a body without a model gets the default one, and is otherwise left as it is', () => {
  const named = (text: string) => {
    const { bytes, value, model } = toModelBody(new TextEncoder().encode(text), 'gpt-5-mini')
    expect([model, value.model]).toEqual(['gpt-5-mini', 'gpt-5-mini'])
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(value)
    return new TextDecoder().decode(bytes)
  }
  expect(named(' \n{ "a": 1.0, "b": 12345678901234567890 }')).toBe(
    ' \n{"model":"gpt-5-mini", "a": 1.0, "b": 12345678901234567890 }',
  )
  expect(named('{}')).toBe('{"model":"gpt-5-mini"}')
})

test('a byte order mark in front is left out', () => {
  const { bytes, model } = toModelBody(new TextEncoder().encode('\ufeff{"model":"m"}'), 'd')
  expect([model, new TextDecoder().decode(bytes)]).toEqual(['m', '{"model":"m"}'])
})
