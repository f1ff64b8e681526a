import { expect, test } from 'vitest'
import { collect } from '../collect.ts'
import { createStage, type StagedRequest } from '../http/test-support.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { CallOptions, Provider } from '../types/provider.ts'
import type { TransportSink } from '../types/transport.ts'
import { createOpenAI } from './openai.ts'

const apiKey = 'sk-test-abcdef123456'
const ask: CompletionRequest = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }] }
const sse = { 'content-type': 'text/event-stream; charset=utf-8' }
const json = { 'content-type': 'application/json' }

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c1', model: 'gpt-4.1', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const answer = JSON.stringify({
  id: 'c1',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
})

/** A provider before an upstream that the test plays, and a call that has been sent. */
const call = <T>(
  run: (provider: Provider) => Promise<T>,
): { called: Promise<T>; upstream: StagedRequest } => {
  const stage = createStage()
  const provider = createOpenAI({ apiKey, transport: stage.transport, now: () => 0, generateId: () => 'gen' })
  return { called: run(provider), upstream: stage.latest() }
}
const complete = (options?: CallOptions, over?: Partial<CompletionRequest>) =>
  call((provider) => provider.complete({ ...ask, ...over }, options))
const stream = (options?: CallOptions, over?: Partial<CompletionRequest>) =>
  call((provider) => provider.stream({ ...ask, ...over }, options))

const respond = (
  { sink, send }: StagedRequest,
  status: number,
  headers: Record<string, string>,
  body: string,
) => {
  sink.head(status, headers)
  send(body)
  sink.end()
}

test('a whole answer is asked for and read', async () => {
  const { called, upstream } = complete()
  expect(upstream.request).toMatchObject({
    url: 'https://api.openai.com/v1/chat/completions',
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json', 'accept-encoding': 'identity' },
  })
  expect(JSON.parse(String(upstream.request.body))).toEqual({
    model: 'gpt-4.1',
    messages: [{ role: 'user', content: 'Hi' }],
  })
  respond(upstream, 200, json, answer)
  expect(await called).toEqual({
    id: 'c1',
    model: 'gpt-4.1',
    content: [{ type: 'text', text: 'Hello' }],
    stopReason: 'end-turn',
    usage: { inputTokens: 3, outputTokens: 1 },
  })
})

test('a stream settles on the status, and its events come as they do', async () => {
  const { called, upstream } = stream()
  expect(upstream.request.headers.accept).toBe('text/event-stream')
  upstream.sink.head(200, sse)
  const events = (await called)[Symbol.asyncIterator]()
  upstream.send(chunk({ content: 'Hel' }))
  expect((await events.next()).value).toEqual({ type: 'start', id: 'c1', model: 'gpt-4.1' })
  expect((await events.next()).value).toEqual({ type: 'text-delta', index: 0, text: 'Hel' })
  const next = events.next()
  upstream.send(chunk({ content: 'lo' }))
  expect((await next).value).toEqual({ type: 'text-delta', index: 0, text: 'lo' })
  upstream.send(`${chunk({}, 'stop')}data: [DONE]\n\n`)
  expect((await events.next()).value).toMatchObject({ type: 'block-end' })
  // The finish does not wait for the connection's end.
  expect((await events.next()).value).toMatchObject({ type: 'finish' })
  const end = events.next()
  for (let turn = 0; turn < 10; turn += 1) await undefined
  // Nor is the connection broken while its end is on the way.
  upstream.sink.end()
  expect((await end).done).toBe(true)
  expect(upstream.signal?.aborted).toBe(false)
})

test('what of a request was left out is said in the answer, and after the start of a stream', async () => {
  const whole = complete({}, { topK: 3 })
  respond(whole.upstream, 200, json, answer)
  const { warnings } = await whole.called
  expect(warnings).toEqual([{ code: 'unsupported-option', message: expect.stringContaining('topK') }])

  const streamed = stream({}, { topK: 3 })
  respond(streamed.upstream, 200, sse, chunk({ content: 'x' }) + chunk({}, 'stop'))
  const events = await Array.fromAsync(await streamed.called)
  expect(events.slice(0, 2)).toMatchObject([{ type: 'start' }, { type: 'warning', warning: warnings?.[0] }])
  expect(events.at(-1)?.type).toBe('finish')
})

test.for(['complete', 'stream'] as const)(
  '%s: an error status is a typed error without the key',
  async (how) => {
    const body = { error: { message: `Bad key ${apiKey}`, type: 'x', code: 'rate_limit_exceeded' } }
    const { called, upstream } = how === 'complete' ? complete() : stream()
    respond(upstream, 429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }, JSON.stringify(body))
    const error = await called.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'rate-limit', status: 429, provider: 'openai', retryAfterMs: 3000 })
    expect(String(error)).not.toContain('abcdef')
  },
)

test('no error quotes the key, whatever it looks like', async () => {
  const stage = createStage()
  const provider = createOpenAI({ apiKey: '0123abcdef', transport: stage.transport })
  const body = JSON.stringify({ error: { message: 'Key 0123abcdef is not known.', code: 'x' } })
  const whole = provider.complete(ask)
  respond(stage.latest(), 401, json, body)
  await expect(whole).rejects.toMatchObject({ code: 'authentication', message: 'Key [key] is not known.' })
  const streamed = provider.stream(ask)
  respond(stage.latest(), 200, sse, `data: ${body}\n\n`)
  await expect(streamed.then(collect)).rejects.toMatchObject({ message: 'Key [key] is not known.' })
})

test('of a huge error body only the beginning is read, and the request is ended', async () => {
  const { called, upstream } = complete()
  upstream.sink.head(500, {})
  upstream.send('x'.repeat(70_000))
  await expect(called).rejects.toMatchObject({ code: 'overloaded', status: 500 })
  expect(upstream.signal?.aborted).toBe(true)
})

test.for([
  ['an HTML page', { 'content-type': 'text/html' }, '<html>login</html>', 'HTML'],
  ['an empty body', {}, '', 'empty'],
  ['text', { 'content-type': 'text/plain' }, 'hello', 'text/plain'],
  ['JSON that is no answer', json, '{"ok":true}', 'no completion'],
] as const)('complete: %s under a good status is a bad response', async ([, headers, body, what]) => {
  const { called, upstream } = complete()
  respond(upstream, 200, headers, body)
  await expect(called).rejects.toMatchObject({
    code: 'bad-response',
    provider: 'openai',
    message: expect.stringContaining(what),
  })
})

test.for([
  ['an HTML page', { 'content-type': 'text/html' }, '<html>login</html>', 'bad-response'],
  ['a whole answer', json, answer, 'bad-response'],
  ['an error in JSON', json, '{"error":{"code":"insufficient_quota","message":"No credit"}}', 'quota'],
  ['no events at all', sse, '', 'bad-response'],
  ['a page that calls itself a stream', sse, '<html>\n\n</html>', 'bad-response'],
] as const)('stream: %s under a good status is an error', async ([, headers, body, code]) => {
  const { called, upstream } = stream()
  respond(upstream, 200, headers, body)
  await expect(called.then(collect)).rejects.toMatchObject({ code, provider: 'openai' })
})

test('a stream without a content type is read: its terminal marker decides', async () => {
  const { called, upstream } = stream()
  respond(upstream, 200, {}, chunk({ content: 'x' }) + chunk({}, 'stop'))
  expect(await collect(await called)).toMatchObject({ content: [{ text: 'x' }] })
})

test('an event that never ends is a bad response, under a limit', async () => {
  const { called, upstream } = stream()
  upstream.sink.head(200, sse)
  const collected = called.then(collect)
  const refused = expect(collected).rejects.toMatchObject({ code: 'bad-response', provider: 'openai' })
  while (upstream.signal?.aborted === false) {
    if (!upstream.send(`${'x'.repeat(65_536)}`)) await upstream.sink.ready?.()
  }
  await refused
})

test('a reset in the middle is a network error', async () => {
  const { called, upstream } = stream()
  upstream.sink.head(200, sse)
  upstream.send(chunk({ content: 'x' }))
  upstream.sink.error(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))
  await expect(called.then(collect)).rejects.toMatchObject({ code: 'network', provider: 'openai' })
})

test.for(['complete', 'stream'] as const)(
  '%s: an abort before the status frees the upstream',
  async (how) => {
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const { called, upstream } = how === 'complete' ? complete(options) : stream(options)
    controller.abort('client left')
    await expect(called).rejects.toBe('client left')
    expect(upstream.signal?.aborted).toBe(true)
  },
)

test('an abort while the upstream is idle frees it at once and ends the pending read', async () => {
  const controller = new AbortController()
  const { called, upstream } = stream({ signal: controller.signal })
  upstream.sink.head(200, sse)
  const events = (await called)[Symbol.asyncIterator]()
  upstream.send(chunk({ content: 'x' }))
  await events.next()
  await events.next()
  const pending = events.next()
  controller.abort('client left')
  expect(upstream.signal?.aborted).toBe(true)
  await expect(pending).rejects.toBe('client left')
})

test('leaving a stream ends the request', async () => {
  const { called, upstream } = stream()
  upstream.sink.head(200, sse)
  upstream.send(chunk({ content: 'x' }))
  for await (const event of await called) if (event.type === 'text-delta') break
  expect(upstream.signal?.aborted).toBe(true)
})

test('an upstream is read no further than the reader has come', async () => {
  const { called, upstream } = stream()
  upstream.sink.head(200, sse)
  const events = (await called)[Symbol.asyncIterator]()
  let sent = 0
  while (upstream.send(chunk({ content: 'x'.repeat(1000) }))) sent += 1
  expect(sent).toBeLessThan(100)
  const ready = upstream.sink.ready?.()
  await events.next()
  await ready
  await events.return?.()
})

const record = () => {
  const seen: unknown[] = []
  const sink: TransportSink = {
    head: (status, headers) => seen.push([status, headers]),
    data: (bytes) => seen.push(new TextDecoder().decode(bytes)) > 0,
    end: () => seen.push('end'),
    error: (error) => seen.push(error),
  }
  return { seen, sink }
}

test('forward relays body and answer as they are, with our credentials', async () => {
  const { seen, sink } = record()
  const body = new TextEncoder().encode('{"model":"gpt-4.1", "x":1.0}')
  const options = { headers: { 'OpenAI-Beta': 'x', authorization: 'Bearer stolen' } }
  const { called, upstream } = call((provider) => provider.forward('openai-chat', body, sink, options))
  expect(upstream.request.body).toBe(body)
  expect(upstream.request.headers).toMatchObject({ 'openai-beta': 'x', authorization: `Bearer ${apiKey}` })
  respond(upstream, 201, { 'x-request-id': 'r' }, 'not json')
  await called
  expect(seen).toEqual([[201, { 'x-request-id': 'r' }], 'not json', 'end'])
})

test('forward makes an error of any other status, with the answer to hand on where it is well-formed', async () => {
  const refuse = async (status: number, body: string, headers = {}) => {
    const { seen, sink } = record()
    const { called, upstream } = call((provider) => provider.forward('openai-chat', new Uint8Array(), sink))
    respond(upstream, status, headers, body)
    await called
    expect(seen).toHaveLength(1)
    return seen[0]
  }
  const body = JSON.stringify({ error: { message: `No ${apiKey}`, type: 't', param: null, code: 'c', x: 1 } })
  const headers = { 'retry-after': '7', 'x-request-id': 'r', 'set-cookie': 'a=b', 'content-length': '9' }
  expect(await refuse(429, body, headers)).toMatchObject({
    code: 'rate-limit',
    status: 429,
    retryAfterMs: 7000,
    provider: 'openai',
    answer: {
      dialect: 'openai-chat',
      headers: { 'retry-after': '7', 'x-request-id': 'r' },
      body: body.replace(apiKey, '[key]'),
    },
  })
  for (const [status, text] of [
    [401, body],
    [500, '<html>Bad gateway</html>'],
    [500, ''],
    [400, JSON.stringify(body)],
    [400, JSON.stringify({ error: { message: body } })],
    [400, JSON.stringify({ error: { message: 'x'.repeat(70_000) } })],
  ] as const) {
    expect(await refuse(status, text)).toMatchObject({ name: 'ProviderError', status, answer: undefined })
  }
})

test('forward tells the sink of a fault of the network, and of an abort as it is', async () => {
  const failed = record()
  const one = call((provider) => provider.forward('openai-chat', new Uint8Array(), failed.sink))
  one.upstream.sink.error(new Error('reset'))
  await one.called
  expect(failed.seen).toEqual([expect.objectContaining({ code: 'network', provider: 'openai' })])

  const aborted = record()
  const controller = new AbortController()
  const { signal } = controller
  const two = call((provider) => provider.forward('openai-chat', new Uint8Array(), aborted.sink, { signal }))
  controller.abort('client left')
  await two.called
  expect(aborted.seen).toEqual(['client left'])
})

test('forward refuses a dialect that is not spoken here', async () => {
  const provider = createOpenAI({ apiKey, transport: createStage().transport })
  const forwarded = provider.forward('anthropic-messages', new Uint8Array(), record().sink)
  await expect(forwarded).rejects.toMatchObject({ code: 'unsupported', provider: 'openai' })
})
