import { expect, test } from 'vitest'
import type { ClientDialectName } from '../types/message.ts'
import { ask, call, json } from './test-support.ts'

const answers: Record<ClientDialectName, string> = {
  'openai-chat':
    '{ "id":"c1","model":"gpt-4.1-2025","x":1.0,"choices":[{"index":0,"message":{"role":"assistant","content":"Grüße"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n',
  'anthropic-messages':
    '{"id":"m1","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[{"type":"text","text":"Grüße"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}, "new":12345678901234567890}',
}
const whole = (dialect: ClientDialectName) => ask(dialect, { stream: false })
const bytes = (text: string) => new TextEncoder().encode(text)

test.for(['openai-chat', 'anthropic-messages'] as const)(
  '%s: a whole answer arrives byte for byte with its headers, and is metered',
  async (dialect) => {
    const { called, client, upstream } = call(whole(dialect))
    const text = answers[dialect]
    upstream.sink.head(200, {
      'content-type': 'application/json; charset=utf-8',
      'request-id': 'up_1',
      'x-ratelimit-remaining-tokens': '5',
      'anthropic-ratelimit-tokens-remaining': '6',
      'openai-processing-ms': '7',
      'x-new': 'é',
      'content-length': '1',
      'transfer-encoding': 'chunked',
      'content-encoding': 'gzip',
      'set-cookie': 'a=b',
      server: 's',
      date: 'd',
      'alt-svc': 'h3',
      'strict-transport-security': 'max-age=1',
      'access-control-allow-origin': '*',
      connection: 'close, x-hop',
      'x-hop': '1',
      'x-gateway-model': 'forged',
      'x-odd': 'a\u2028b',
    })
    // Cut within a character.
    const cut = bytes(text).indexOf(0xc3) + 1
    upstream.sink.data(bytes(text).subarray(0, cut))
    upstream.sink.data(bytes(text).subarray(cut))
    expect(client.status).toBeUndefined()
    upstream.sink.end()
    const model = dialect === 'openai-chat' ? 'gpt-4.1' : 'claude-sonnet-4-6'
    const provider = dialect === 'openai-chat' ? 'openai' : 'anthropic'
    expect(await called).toEqual({
      ...{ provider, model, attempts: 1, isRelay: true, stream: false, status: 200, firstTokenMs: 0 },
      ...{ usage: { inputTokens: 3, outputTokens: 2 }, stopReason: 'end-turn', warnings: [] },
    })
    expect(client.status).toBe(200)
    expect(client.headers).toEqual({
      ...{ 'content-type': 'application/json', 'content-length': String(bytes(text).length) },
      ...{ 'request-id': 'up_1', 'x-ratelimit-remaining-tokens': '5', 'x-new': 'é' },
      ...{ 'anthropic-ratelimit-tokens-remaining': '6', 'openai-processing-ms': '7' },
      ...{ 'x-gateway-provider': provider, 'x-gateway-model': model, 'x-gateway-attempts': '1' },
    })
    expect(client.text()).toBe(text)
    expect(client.ended).toBe(true)
  },
)

test('the body of a whole request goes up as it is', () => {
  const { upstream } = call(whole('openai-chat'))
  expect(upstream.request.body).toEqual(
    bytes('{"model":"gpt-4.1","messages":[{"role":"user","content":"Hi"}],"stream":false}'),
  )
})

test.for([
  ['an HTML page', 200, '<html>login</html>', 'bad-response'],
  ['an empty body', 200, '', 'bad-response'],
  ['half an answer', 200, answers['openai-chat'].slice(0, 50), 'bad-response'],
  ['a text', 200, '"hello"', 'bad-response'],
  ['an error in disguise', 200, '{"error":{"code":"insufficient_quota","message":"No credit"}}', 'quota'],
  [
    'a fault of the server',
    200,
    '{"choices":[{"message":{"content":"Hal"},"finish_reason":"insufficient_system_resource"}]}',
    'bad-response',
  ],
  [
    'a fault in a later choice',
    200,
    '{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"},{"index":1,"message":{"content":"","tool_calls":[{}]},"finish_reason":"error"}]}',
    'bad-response',
  ],
  [
    'what a router says within the choice',
    200,
    '{"choices":[{"message":{"content":"Hal"},"finish_reason":"error","error":{"code":502,"message":"Down"}}]}',
    'overloaded',
  ],
  ['an error status', 529, '{"error":{"type":"overloaded_error","message":"Overloaded"}}', 'overloaded'],
] as const)('%s rejects, and nothing is written', async ([, status, body, code]) => {
  const { called, client, upstream } = call(whole('openai-chat'))
  upstream.sink.head(status, json)
  upstream.send(body)
  upstream.sink.end()
  await expect(called).rejects.toMatchObject({ name: 'ProviderError', code, provider: 'openai' })
  expect(client.status).toBeUndefined()
})

test('an answer of a form that nobody knows passes: it is the upstream that was asked', async () => {
  for (const text of ['{"choices":[]}', '{"id":1,"odd":true}']) {
    const { called, client, upstream } = call(whole('openai-chat'))
    upstream.sink.head(200, json)
    upstream.send(text)
    upstream.sink.end()
    expect(await called).toMatchObject({ usage: { estimated: true } })
    expect(client.text()).toBe(text)
  }
})

test('no error quotes the key of ours, not even one in a stream of the upstream', async () => {
  const { called, upstream } = call(whole('openai-chat'))
  upstream.sink.head(200, json)
  upstream.send('{"error":{"message":"sk-own-0123456789 is not known","code":"x"}}')
  upstream.sink.end()
  const error: unknown = await called.catch((thrown: unknown) => thrown)
  expect(String(error)).not.toContain('0123456789')
})

test('a break within the body is a fault of the network', async () => {
  const { called, client, upstream } = call(whole('openai-chat'))
  upstream.sink.head(200, json)
  upstream.send('{"id"')
  upstream.sink.error(new TypeError('terminated'))
  await expect(called).rejects.toMatchObject({ code: 'network' })
  expect(client.status).toBeUndefined()
})

test('a client that leaves frees the upstream at once', async () => {
  for (const isAnswering of [false, true]) {
    const controller = new AbortController()
    const { called, client, upstream } = call(whole('openai-chat'), controller.signal)
    if (isAnswering) upstream.sink.head(200, json)
    controller.abort('gone')
    expect(upstream.signal?.aborted).toBe(true)
    await expect(called).rejects.toBe('gone')
    upstream.send('{}')
    upstream.sink.end()
    expect(client.status).toBeUndefined()
  }
})

test('an answer without end is a bad response, under a limit', async () => {
  const { called, upstream } = call(whole('openai-chat'))
  upstream.sink.head(200, json)
  const piece = new Uint8Array(4_194_304).fill(32)
  for (let size = 0; size < 9; size += 1) upstream.sink.data(piece)
  await expect(called).rejects.toMatchObject({
    code: 'bad-response',
    message: expect.stringContaining('larger'),
  })
  expect(upstream.signal?.aborted).toBe(true)
})
