import { expect, test } from 'vitest'
import { clientDialects } from '../dialects/client-dialects.ts'
import { toSse } from '../dialects/test-support.ts'
import { isProviderError } from '../errors.ts'
import { createProviderManager } from '../manager/provider-manager.ts'
import { createMock } from '../mock/create-mock.ts'
import type { JsonObject } from '../types/json.ts'
import type { ClientDialectName } from '../types/message.ts'
import { toClientError } from './client-error.ts'
import { ask, type Call, call, createRecorder, json, settle, sse } from './test-support.ts'

/** A client of this dialect asks a model of the other one. */
const cross = (dialect: ClientDialectName, over: JsonObject = {}) =>
  ask(dialect, { model: dialect === 'openai-chat' ? 'claude-sonnet-4-6' : 'gpt-4.1', ...over })

const messages = (...events: object[]) => toSse(events, true)
const start = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude-x', content: [], usage: { input_tokens: 3 } },
}
const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
const text = (piece: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: piece },
})
const ends = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]
const chunk = (delta: object, finish: string | null = null, usage?: object) =>
  toSse([
    {
      id: 'c1',
      model: 'gpt-4.1',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(usage && { usage }),
    },
  ])
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

/** The data of an event stream, parsed. */
const events = ({ client }: Call): unknown[] =>
  client
    .text()
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)))

test('a Chat client is answered by a model of the Messages API', async () => {
  const { called, client, upstream } = call(cross('openai-chat', { stream_options: { include_usage: true } }))
  expect(upstream.request.url).toBe('https://api.anthropic.com/v1/messages')
  expect(JSON.parse(String(upstream.request.body))).toMatchObject({
    model: 'claude-sonnet-4-6',
    stream: true,
  })
  upstream.sink.head(200, { ...sse, 'request-id': 'theirs' })
  upstream.send(messages(start, block))
  expect(client.status).toBeUndefined()
  upstream.send(messages(text('Grü'), text('ße')))
  expect(client.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'x-gateway-provider': 'anthropic',
    'x-gateway-model': 'claude-sonnet-4-6',
  })
  expect(client.headers).not.toHaveProperty('request-id')
  // All that came at once is one write.
  expect(client.pieces).toHaveLength(1)
  upstream.send(messages(...ends))
  // The client does not wait for the upstream to close.
  expect(client.ended).toBe(true)
  expect(await called).toMatchObject({
    isRelay: false,
    stream: true,
    stopReason: 'end-turn',
    provider: 'anthropic',
  })
  expect((await called).usage).toMatchObject({ inputTokens: 3, outputTokens: 2 })
  const all = events({ called, client, upstream }) as {
    choices: { delta: { content?: string } }[]
    usage?: object
  }[]
  expect(all.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Grüße')
  expect(all.at(-1)?.usage).toMatchObject(usage)
  expect(client.text().endsWith('data: [DONE]\n\n')).toBe(true)
  upstream.sink.end()
  await settle()
  expect(upstream.signal?.aborted).toBe(false)
})

test('a Messages client is answered by a model of Chat, however the upstream is cut', async () => {
  const stream =
    chunk({ role: 'assistant', content: 'Grü' }) + chunk({ content: 'ße 🦊' }) + chunk({}, 'stop', usage)
  const bytes = new TextEncoder().encode(`${stream}data: [DONE]\n\n`)
  let expected: string | undefined
  for (const size of [bytes.length, 1, 2, 3, 7, 50]) {
    const { called, client, upstream } = call(cross('anthropic-messages'))
    upstream.sink.head(200, sse)
    for (let at = 0; at < bytes.length; at += size) upstream.sink.data(bytes.subarray(at, at + size))
    upstream.sink.end()
    expect((await called).usage).toMatchObject({ inputTokens: 3, outputTokens: 2 })
    expected ??= client.text()
    expect(client.text()).toBe(expected)
    expect(client.text()).toContain('event: message_stop\n')
    expect(client.text()).toContain('Grü')
  }
})

test.for(['openai-chat', 'anthropic-messages'] as const)(
  '%s: a whole answer is translated, with what was left out in a header',
  async (dialect) => {
    const { called, client, upstream } = call(
      cross(dialect, { stream: false, ...(dialect === 'openai-chat' ? { seed: 7 } : { top_k: 7 }) }),
    )
    upstream.sink.head(200, json)
    upstream.send(
      dialect === 'openai-chat'
        ? '{"id":"m","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"é"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}'
        : `{"id":"c","model":"gpt-x","choices":[{"index":0,"message":{"role":"assistant","content":"é"},"finish_reason":"stop"}],"usage":${JSON.stringify(usage)}}`,
    )
    upstream.sink.end()
    const report = await called
    expect(report).toMatchObject({ isRelay: false, stream: false, stopReason: 'end-turn' })
    expect(report.warnings.length).toBeGreaterThan(0)
    expect(client.headers['x-gateway-warnings']).toContain(dialect === 'openai-chat' ? 'seed' : 'top')
    expect(client.headers['content-length']).toBe(String(new TextEncoder().encode(client.text()).length))
    expect(JSON.parse(client.text())).toMatchObject(
      dialect === 'openai-chat'
        ? {
            object: 'chat.completion',
            choices: [{ message: { content: 'é' }, finish_reason: 'stop' }],
            usage,
          }
        : {
            type: 'message',
            content: [{ type: 'text', text: 'é' }],
            stop_reason: 'end_turn',
            usage: { input_tokens: 3, output_tokens: 2 },
          },
    )
  },
)

test('warnings of a streamed request stand in the head and in the report', async () => {
  const { called, client, upstream } = call(cross('openai-chat', { seed: 7, logit_bias: { 1: 1 } }))
  upstream.sink.head(200, sse)
  upstream.send(messages(start, block, text('x'), ...ends))
  const { warnings } = await called
  expect(client.headers['x-gateway-warnings']).toMatch(/^[\x20-\x7e]+$/)
  expect(client.headers['x-gateway-warnings']).toContain('seed')
  expect(warnings.map(({ message }) => message).join()).toContain('logit_bias')
})

test.for([
  ['a break', 'network', (call: Call) => call.upstream.sink.error(new TypeError('terminated'))],
  ['a missing end', 'bad-response', (call: Call) => call.upstream.sink.end()],
  [
    'an error event',
    'overloaded',
    (call: Call) =>
      call.upstream.send(
        messages({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
      ),
  ],
] as const)(
  '%s rejects before the first content, and is told in the stream after it',
  async ([, code, fault]) => {
    const before = call(cross('openai-chat'))
    before.upstream.sink.head(200, sse)
    before.upstream.send(messages(start, block))
    fault(before)
    await expect(before.called).rejects.toMatchObject({ code, provider: 'anthropic' })
    expect(before.client.status).toBeUndefined()

    const after = call(cross('openai-chat'))
    after.upstream.sink.head(200, sse)
    after.upstream.send(messages(start, block, text('Hel')))
    fault(after)
    expect((await after.called).error).toMatchObject({ code, provider: 'anthropic' })
    expect(after.client.text()).toContain('Hel')
    expect(events(after).at(-1)).toMatchObject({ error: { message: expect.any(String) } })
    expect(after.client.text()).not.toContain('[DONE]')
    expect(after.client.text()).not.toContain('"finish_reason":"')
    expect(after.client.ended).toBe(true)
  },
)

test('what comes before an error in the same bytes reaches the client', async () => {
  const { called, client, upstream } = call(cross('openai-chat'))
  upstream.sink.head(200, sse)
  upstream.send(
    messages(start, block, text('Hel'), { type: 'error', error: { type: 'api_error', message: 'x' } }),
  )
  expect((await called).error).toMatchObject({ code: 'overloaded' })
  expect(client.text()).toContain('Hel')
})

test('an error status rejects with the error that it stands for', async () => {
  const { called, client, upstream } = call(cross('openai-chat'))
  upstream.sink.head(429, { 'retry-after': '3' })
  upstream.send('{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}')
  upstream.sink.end()
  await expect(called).rejects.toMatchObject({ code: 'rate-limit', status: 429, retryAfterMs: 3000 })
  expect(client.status).toBeUndefined()
})

test.for([
  [
    'openai-chat',
    '{"type":"error","error":{"type":"api_error","message":"Oops"}}',
    { type: 'server_error', code: null },
  ],
  [
    'anthropic-messages',
    '{"error":{"message":"Oops","type":"server_error","param":null,"code":null}}',
    { type: 'api_error', code: 'server_error' },
  ],
] as const)('%s: an upstream that failed is not called overloaded', async ([dialect, body, told]) => {
  const { called, upstream } = call(cross(dialect))
  upstream.sink.head(500, json)
  upstream.send(body)
  upstream.sink.end()
  const error: unknown = await called.catch((thrown: unknown) => thrown)
  if (!isProviderError(error)) throw error
  const client = clientDialects[dialect].encodeError(toClientError(error, 'req_1'))
  expect(client.error).toMatchObject({ ...told, message: 'Oops' })
})

test('a request that no dialect can carry rejects before anything is sent', async () => {
  const manager = createProviderManager({ providers: [createMock()] })
  const client = createRecorder()
  const called = manager.forward(ask('openai-chat', { model: 'mock', n: 2 }), client, { requestId: 'r' })
  await expect(called).rejects.toMatchObject({ code: 'invalid-request' })
  expect(client.status).toBeUndefined()
})

test.for(['before the head', 'before the content', 'in the stream', 'whole'] as const)(
  'a client that leaves (%s) frees the upstream at once, and is written to no more',
  async (when) => {
    const controller = new AbortController()
    const { called, client, upstream } = call(
      cross('openai-chat', { stream: when !== 'whole' }),
      controller.signal,
    )
    if (when === 'before the content' || when === 'in the stream') upstream.sink.head(200, sse)
    if (when === 'in the stream') upstream.send(messages(start, block, text('x')))
    const written = client.text()
    const reason = { because: 'gone' }
    controller.abort(reason)
    expect(upstream.signal?.aborted).toBe(true)
    await expect(called).rejects.toBe(reason)
    upstream.send(messages(text('y')))
    expect(client.text()).toBe(written)
    expect(client.ended).toBe(false)
  },
)

test('a pause of the client reaches the upstream', async () => {
  const { called, client, upstream } = call(cross('openai-chat'))
  upstream.sink.head(200, sse)
  client.pause()
  expect(upstream.send(messages(start, block, text('x')))).toBe(false)
  let isReady = false
  upstream.sink.ready?.().then(() => {
    isReady = true
  })
  await settle()
  expect(isReady).toBe(false)
  client.resume()
  await settle()
  expect(isReady).toBe(true)
  expect(upstream.send(messages(text('y'), ...ends))).toBe(true)
  await called
})

test.for(['openai-chat', 'anthropic-messages'] as const)(
  '%s: a provider that only iterates answers too, and waits while the client pauses',
  async (dialect) => {
    const manager = createProviderManager({ providers: [createMock()] })
    const content = '/say one two three'
    const request = ask(dialect, { model: 'mock', messages: [{ role: 'user', content }] })
    const client = createRecorder()
    client.pause()
    const called = manager.forward(request, client, { requestId: 'r' })
    while (client.pieces.length === 0) await settle()
    for (let turn = 0; turn < 5; turn += 1) await settle()
    expect(client.pieces).toHaveLength(1)
    client.resume()
    expect(await called).toMatchObject({
      provider: 'mock',
      isRelay: false,
      stream: true,
      stopReason: 'end-turn',
    })
    expect(client.text()).toContain('three')
    expect(client.ended).toBe(true)

    const controller = new AbortController()
    const gone = createRecorder()
    gone.pause()
    const left = manager.forward(request, gone, { requestId: 'r', signal: controller.signal })
    while (gone.pieces.length === 0) await settle()
    controller.abort('gone')
    await expect(left).rejects.toBe('gone')
    expect(gone.ended).toBe(false)
  },
)
