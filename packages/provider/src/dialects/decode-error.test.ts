import { expect, test } from 'vitest'
import { decodeError as anthropic } from './anthropic-messages/decode-error.ts'
import type { ErrorAnswer } from './dialect.ts'
import { decodeError as openai } from './openai-chat/decode-error.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const answer = (status: number, body: unknown = '', headers: Record<string, string> = {}): ErrorAnswer => ({
  provider: 'test',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  now,
})
const anthropicBody = (type: string, message = 'Said so.') => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
})
const openaiBody = (code: string | null, message = 'Said so.', type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
})

test.for([
  [400, 'invalid_request_error', 'invalid-request'],
  [401, 'authentication_error', 'authentication'],
  [402, 'billing_error', 'quota'],
  [403, 'permission_error', 'permission'],
  [404, 'not_found_error', 'not-found'],
  [413, 'request_too_large', 'invalid-request'],
  [429, 'rate_limit_error', 'rate-limit'],
  [500, 'api_error', 'overloaded'],
  [504, 'timeout_error', 'overloaded'],
  [529, 'overloaded_error', 'overloaded'],
] as const)('Anthropic: %i %s is %s', ([status, type, code]) => {
  expect(anthropic(answer(status, anthropicBody(type)))).toMatchObject({
    code,
    status,
    provider: 'test',
    message: 'Said so.',
    upstreamCode: type,
  })
})

test.for([
  [400, 'context_length_exceeded', 'context-length'],
  [400, 'content_filter', 'content-filter'],
  [400, 'content_policy_violation', 'content-filter'],
  [400, 'unsupported_parameter', 'unsupported'],
  [400, 'invalid_value', 'invalid-request'],
  [401, 'invalid_api_key', 'authentication'],
  [403, 'unsupported_country_region_territory', 'permission'],
  [404, 'model_not_found', 'not-found'],
  [408, null, 'timeout'],
  [422, null, 'invalid-request'],
  [429, 'rate_limit_exceeded', 'rate-limit'],
  [429, 'insufficient_quota', 'quota'],
  [503, 'server_error', 'overloaded'],
] as const)('OpenAI: %i %s is %s', ([status, wireCode, code]) => {
  expect(openai(answer(status, openaiBody(wireCode)))).toMatchObject({
    code,
    status,
    upstreamCode: wireCode ?? 'invalid_request_error',
  })
})

test('the type and the field that the upstream blames are kept beside its code', () => {
  const body = { error: { message: 'Bad.', type: 'invalid_request_error', param: 'tools[0]', code: 'c' } }
  const facts = { upstreamType: 'invalid_request_error', upstreamCode: 'c', param: 'tools[0]' }
  expect(openai(answer(400, body))).toMatchObject(facts)
  expect(openai(answer(400, { error: { message: JSON.stringify(body) } }))).toMatchObject(facts)
  expect(anthropic(answer(529, anthropicBody('overloaded_error')))).toMatchObject({
    upstreamType: 'overloaded_error',
    param: undefined,
  })
})

test.for([
  ['prompt is too long: 210000 tokens > 200000 maximum', 'context-length'],
  ['input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000', 'context-length'],
  ["This model's maximum context length is 8192 tokens.", 'context-length'],
  ['Your credit balance is too low to access the Anthropic API.', 'quota'],
  [
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    'content-filter',
  ],
  ['max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens', 'invalid-request'],
  ['messages.0.content: Field required', 'invalid-request'],
] as const)('a 400 that says "%s" is %s', ([message, code]) => {
  expect(anthropic(answer(400, anthropicBody('invalid_request_error', message))).code).toBe(code)
  expect(openai(answer(400, openaiBody(null, message))).code).toBe(code)
})

test('only a bad request is judged by its words', () => {
  expect(openai(answer(500, openaiBody(null, 'context length'))).code).toBe('overloaded')
  expect(openai(answer(401, openaiBody(null, 'billing'))).code).toBe('authentication')
  expect(openai(answer(429, openaiBody(null, 'You exceeded your current quota.'))).code).toBe('quota')
})

test.for([
  ['Anthropic over the OpenAI wire', openai, anthropicBody('overloaded_error'), 'overloaded_error'],
  ['OpenAI over the Anthropic wire', anthropic, openaiBody('bad'), 'bad'],
] as const)('both shapes are read on both wires: %s', ([, decode, body, upstreamCode]) => {
  expect(decode(answer(400, body))).toMatchObject({ message: 'Said so.', upstreamCode })
})

test.for([
  { error: 'Said so.' },
  { message: 'Said so.' },
  { detail: 'Said so.' },
  { detail: [{ loc: ['body'], msg: 'Said so.', type: 'missing' }] },
  [{ error: { message: 'Said so.', code: 400 } }],
  { error: { message: JSON.stringify({ error: { message: 'Said so.' } }) } },
  JSON.stringify('Said so.'),
  'Said so.',
])('the message is found in %j', (body) => {
  expect(openai(answer(400, body)).message).toBe('Said so.')
})

test('what the provider behind a router said is told behind what the router says', () => {
  const say = (raw: unknown) =>
    openai(answer(502, { error: { code: 502, message: 'Provider returned error', metadata: { raw } } }))
      .message
  expect(say('{"error":{"message":"No such tool"}}')).toBe('Provider returned error: No such tool')
  expect(say('No such tool')).toBe('Provider returned error: No such tool')
  for (const nothing of [
    '<html>secret</html>',
    '',
    undefined,
    '{"error":{"message":"Provider returned error"}}',
  ]) {
    expect(say(nothing)).toBe('Provider returned error')
  }
})

test('the code of the provider behind a router decides, and its words are told', () => {
  const raw = JSON.stringify({
    error: {
      message: 'prompt too big',
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      param: 'messages',
    },
  })
  const body = { error: { code: 400, message: 'Provider returned error', metadata: { raw } } }
  expect(openai(answer(400, body))).toMatchObject({
    code: 'context-length',
    message: 'Provider returned error: prompt too big',
    upstreamCode: 'context_length_exceeded',
    upstreamType: 'invalid_request_error',
    param: 'messages',
    status: 400,
  })
})

test('a fault in a field names the field, also where it stands in the place of the message', () => {
  const detail = [{ type: 'extra_forbidden', loc: ['body', 'tools', 0, 'x'], msg: 'Not permitted' }]
  for (const body of [{ detail }, { object: 'error', message: { detail }, type: 'invalid_request_error' }]) {
    const { message, param, code } = openai(answer(422, body))
    expect({ message, param, code }).toEqual({
      message: 'tools.0.x: Not permitted',
      param: 'tools.0.x',
      code: 'invalid-request',
    })
  }
})

test('HTML, empty and silent bodies are told by their status, never quoted', () => {
  const page = '<!doctype html><h1>secret</h1>'
  expect(openai(answer(502, page)).message).toBe('The upstream answered 502 with an HTML page.')
  expect(openai(answer(502)).message).toBe('The upstream answered 502 with no error message.')
  expect(openai(answer(400, { ok: false })).message).toContain('400')
})

test('a redirect is no answer of such an API', () => {
  expect(anthropic(answer(307, '', { location: 'http://127.0.0.1/' })).code).toBe('bad-response')
})

test('messages are cut to a length, and hold no keys', () => {
  const message = `Incorrect API key provided: sk-proj-abc123DEF456. Got Authorization: Bearer abc.def. ${'x'.repeat(5000)}`
  const error = openai(answer(401, openaiBody('invalid_api_key', message)))
  expect(error.message).not.toMatch(/abc/)
  expect(error.message).toContain('[key]')
  expect(error.message.length).toBe(2000)
})

test.for([
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after-ms': '1250', 'retry-after': '9' }, 1250],
  [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:20 GMT' }, 20_000],
  [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{}, undefined],
] as const)('headers %j ask to wait %s ms', ([headers, retryAfterMs]) => {
  expect(anthropic(answer(429, '', headers))).toMatchObject({ code: 'rate-limit', retryAfterMs })
})
