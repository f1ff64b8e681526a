import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cuts, toSse } from '../dialects/test-support.ts'
import type { ClientDialectName } from '../types/message.ts'
import { ask, call, json, settle, sse } from './test-support.ts'

const fixture = (name: string) => readFileSync(new URL(`../dialects/${name}.sse`, import.meta.url), 'utf8')
const fixtures: [ClientDialectName, string][] = [
  ['openai-chat', 'openai-chat/fixtures/text'],
  ['openai-chat', 'openai-chat/fixtures/tools'],
  ['openai-chat', 'openai-chat/fixtures/reasoning'],
  ['anthropic-messages', 'anthropic-messages/fixtures/text'],
  ['anthropic-messages', 'anthropic-messages/fixtures/tools'],
  ['anthropic-messages', 'anthropic-messages/fixtures/web-search'],
]
const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'c1',
  model: 'gpt-4.1',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const usageOnly = { id: 'c1', model: 'gpt-4.1', choices: [], usage }
const asked = { stream_options: { include_usage: true } }
const encode = (text: string) => new TextEncoder().encode(text)

/** Relays chunks to a client and ends. */
const play = async (dialect: ClientDialectName, chunks: Iterable<Uint8Array>, over = {}) => {
  const { called, client, upstream } = call(ask(dialect, over))
  upstream.sink.head(200, sse)
  for (const bytes of chunks) upstream.sink.data(bytes)
  upstream.sink.end()
  return { report: await called, client }
}

test.for(fixtures)(
  '%s: %s arrives byte for byte however it is cut, and is read alike',
  async ([dialect, name]) => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = fixture(name).replaceAll('\n', end)
      const expected = await play(dialect, [encode(text)], asked)
      expect(expected.client.text()).toBe(text)
      expect(expected.report).toMatchObject({ isRelay: true, stream: true, status: 200, attempts: 1 })
      expect(expected.report.usage.inputTokens).toBeGreaterThan(0)
      const step = end === '\n' ? 5 : 23
      let index = 0
      for (const pieces of cuts(text)) {
        index += 1
        if (index % step !== 0 && pieces.length < 3) continue
        const { report, client } = await play(dialect, pieces, asked)
        expect(client.text()).toBe(text)
        expect(client.ended).toBe(true)
        expect(report).toEqual(expected.report)
      }
    }
  },
)

test('nothing reaches the client before the first content, and then all of it does', async () => {
  const { called, client, upstream } = call(ask('openai-chat', asked))
  upstream.sink.head(200, { ...sse, 'x-request-id': 'up_1', 'set-cookie': 'a=b' })
  const before = `: processing\n\n${toSse([{ choices: [], id: '', model: '' }, chunk({ role: 'assistant', content: '' })])}`
  upstream.send(before)
  expect(client.status).toBeUndefined()
  const first = toSse([chunk({ content: 'Hel' })])
  upstream.send(first.slice(0, 20))
  expect(client.status).toBeUndefined()
  upstream.send(first.slice(20))
  expect(client.text()).toBe(before + first)
  expect(client.headers).toEqual({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-gateway-provider': 'openai',
    'x-gateway-model': 'gpt-4.1',
    'x-gateway-attempts': '1',
    'x-request-id': 'up_1',
  })
  const rest = toSse([chunk({}, 'stop'), usageOnly, '[DONE]'])
  upstream.send(rest)
  upstream.sink.end()
  expect(await called).toEqual({
    ...{ provider: 'openai', model: 'gpt-4.1', attempts: 1, isRelay: true, stream: true, status: 200 },
    ...{ usage: { inputTokens: 3, outputTokens: 2 }, stopReason: 'end-turn', warnings: [], firstTokenMs: 0 },
  })
  expect(client.text()).toBe(before + first + rest)
})

test.for([
  ['openai-chat', toSse([chunk({ role: 'assistant' }), chunk({}, 'stop'), '[DONE]'])],
  [
    'anthropic-messages',
    toSse(
      [
        { type: 'message_start', message: { id: 'm', model: 'x', content: [], usage: { input_tokens: 1 } } },
        { type: 'message_delta', delta: { stop_reason: 'refusal' }, usage: { output_tokens: 1 } },
        { type: 'message_stop' },
      ],
      true,
    ),
  ],
] as const)('%s: an empty answer is an answer', async ([dialect, text]) => {
  const { client, report } = await play(dialect, [encode(text)], asked)
  expect(client.text()).toBe(text)
  expect(report.error).toBeUndefined()
})

test('usage that the client did not ask for is metered and not shown, however the stream is cut', async () => {
  const shown = [chunk({ content: 'Grüße 🦊' }), chunk({}, 'stop')]
  for (const [before, after] of [
    [toSse(shown), toSse(['[DONE]'])],
    // Before any content, and with white space as some servers write it.
    ['', toSse([...shown, '[DONE]'])],
  ] as const) {
    const hidden = toSse([JSON.stringify(usageOnly).replaceAll(/(":)/g, '$1 ')])
    for (const pieces of cuts(before + hidden + after)) {
      const { client, report } = await play('openai-chat', pieces)
      expect(client.text()).toBe(before + after)
      expect(report.usage).toEqual({ inputTokens: 3, outputTokens: 2 })
    }
  }
})

test('usage on a chunk with content is shown to everybody', async () => {
  const text = toSse([chunk({ content: 'x' }, 'stop', { usage }), '[DONE]'])
  const { client, report } = await play('openai-chat', [encode(text)])
  expect(client.text()).toBe(text)
  expect(report.usage.outputTokens).toBe(2)
})

test('the body goes up with our credentials, the resolved model and a request for usage', async () => {
  const headers = {
    authorization: 'Bearer stolen',
    'openai-beta': 'b',
    'x-stainless-lang': 'js',
    cookie: 'c',
    host: 'h',
  }
  const request = { ...ask('openai-chat', { model: 'fast', temperature: 1 }), headers }
  const { upstream } = call(request)
  expect(new TextDecoder().decode(upstream.request.body as Uint8Array)).toBe(
    '{"stream_options":{"include_usage":true},"model":"gpt-5-mini","messages":[{"role":"user","content":"Hi"}],"stream":true,"temperature":1}',
  )
  expect(upstream.request.headers).toEqual({
    ...{ authorization: 'Bearer sk-own-0123456789', 'content-type': 'application/json' },
    ...{ 'accept-encoding': 'identity', 'openai-beta': 'b', 'x-stainless-lang': 'js' },
  })
})

test.for([
  ['openai-chat', toSse([chunk({ content: 'x' })]), 'data: {"id":"c1","choi'],
  [
    'anthropic-messages',
    toSse(
      [
        { type: 'message_start', message: { id: 'm', model: 'x', content: [] } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } },
      ],
      true,
    ),
    'event: content_block_delta\ndata: {"ty',
  ],
] as const)(
  '%s: a break and a missing end are told in the stream, after whole events alone',
  async ([dialect, whole, piece]) => {
    for (const how of ['end', 'reset'] as const) {
      const { called, client, upstream } = call(ask(dialect, asked))
      upstream.sink.head(200, sse)
      upstream.send(whole)
      upstream.send(piece)
      if (how === 'end') upstream.sink.end()
      else upstream.sink.error(new TypeError('terminated'))
      const report = await called
      expect(report.error).toMatchObject({ code: how === 'end' ? 'bad-response' : 'network' })
      expect(client.text().startsWith(whole)).toBe(true)
      const told = client.text().slice(whole.length)
      expect(told).toMatch(/"error"/)
      expect(told).not.toContain('DONE')
      expect(told).not.toContain('event: message_stop')
      expect(client.ended).toBe(true)
    }
  },
)

test('before the first content every fault rejects, and nothing is written', async () => {
  const broken = call(ask('openai-chat'))
  broken.upstream.sink.error(new TypeError('fetch failed'))
  await expect(broken.called).rejects.toMatchObject({ code: 'network', provider: 'openai' })
  const error = toSse([{ error: { message: 'Overloaded', type: 'server_error' } }])
  const role = toSse([chunk({ role: 'assistant' })])
  const faults: [string, number, Record<string, string>, string][] = [
    ['bad-response', 200, sse, ''],
    ['overloaded', 200, sse, error],
    ['overloaded', 200, {}, role + error],
    ['bad-response', 200, { 'content-type': 'text/html' }, '<html>'],
    ['overloaded', 200, json, '{"error":{"message":"Overloaded","type":"server_error"}}'],
    ['rate-limit', 429, {}, '{"error":{"message":"slow"}}'],
  ]
  for (const [code, status, headers, body] of faults) {
    const { called, client, upstream } = call(ask('openai-chat'))
    upstream.sink.head(status, headers)
    upstream.send(body)
    upstream.sink.end()
    await expect(called).rejects.toMatchObject({ name: 'ProviderError', code, provider: 'openai' })
    expect(client.status).toBeUndefined()
  }
})

test('an error event of the upstream is its own last word, in the same bytes, however it comes', async () => {
  const whole = toSse([chunk({ content: 'x' })])
  const error = `data: {"error" : {"message":"Overloaded","type":"server_error"}}\n\n`
  for (const pieces of cuts(whole + error)) {
    const { called, client, upstream } = call(ask('openai-chat'))
    upstream.sink.head(200, sse)
    for (const piece of pieces) upstream.sink.data(piece)
    upstream.send(toSse(['[DONE]']))
    const report = await called
    expect(report.error).toMatchObject({ code: 'overloaded', message: 'Overloaded' })
    expect(client.text()).toBe(whole + error)
    expect(upstream.signal?.aborted).toBe(true)
  }
})

test('an end that gives no reason is an error, and is not shown', async () => {
  const whole = toSse([chunk({ content: 'x' })])
  const { client, report } = await play('openai-chat', [encode(`${whole}data: [DONE]\n\n`)])
  expect(report.error).toMatchObject({ code: 'bad-response' })
  expect(client.text().slice(whole.length)).toMatch(/^data: \{"error"/)
  expect(client.text()).not.toContain('[DONE]')
})

test('of several choices each has to end', async () => {
  const choice = (index: number, delta: object, finish: string | null = null) =>
    toSse([{ id: 'c1', model: 'gpt-4.1', choices: [{ index, delta, finish_reason: finish }] }])
  const begun = choice(0, { content: 'x' }) + choice(1, { content: 'y' }) + choice(0, {}, 'stop')
  const cut = await play('openai-chat', [encode(choice(0, { content: 'x' })), encode(begun)], { n: 2 })
  expect(cut.report.error).toMatchObject({ code: 'bad-response' })
  const all = begun + choice(1, {}, 'stop')
  const whole = await play('openai-chat', [encode(choice(0, { content: 'x' })), encode(all)], { n: 2 })
  expect(whole.report.error).toBeUndefined()
  expect(whole.client.text()).toBe(choice(0, { content: 'x' }) + all)
})

test('a reset after the answer is whole is no error, and a server that stays open holds nobody up', async () => {
  const text = toSse([chunk({ content: 'x' }), chunk({}, 'stop')])
  const reset = call(ask('openai-chat'))
  reset.upstream.sink.head(200, sse)
  reset.upstream.send(`${text}data: {"id":`)
  reset.upstream.sink.error(new TypeError('terminated'))
  expect((await reset.called).error).toBeUndefined()
  expect(reset.client.text()).toBe(text)

  const open = call(ask('openai-chat'))
  open.upstream.sink.head(200, sse)
  open.upstream.send(text + toSse(['[DONE]']))
  expect((await open.called).error).toBeUndefined()
  expect(open.client.ended).toBe(true)
  expect(open.upstream.signal?.aborted).toBe(true)
})

test('a last event without its blank line counts, and arrives as it is', async () => {
  const text = `${toSse([chunk({ content: 'x' })])}data: ${JSON.stringify(chunk({}, 'stop'))}`
  const { client, report } = await play('openai-chat', [encode(text)])
  expect(client.text()).toBe(text)
  expect(report.stopReason).toBe('end-turn')
})

test('a pause of the client reaches the upstream', async () => {
  const { called, client, upstream } = call(ask('openai-chat'))
  upstream.sink.head(200, sse)
  expect(upstream.send(toSse([chunk({ role: 'assistant' })]))).toBe(true)
  client.pause()
  expect(upstream.send(toSse([chunk({ content: 'x' })]))).toBe(false)
  expect(upstream.send('data: half')).toBe(false)
  let isReady = false
  upstream.sink.ready?.().then(() => {
    isReady = true
  })
  await settle()
  expect(isReady).toBe(false)
  client.resume()
  await settle()
  expect(isReady).toBe(true)
  expect(upstream.send('\n\n')).toBe(true)
  upstream.send(toSse([chunk({}, 'stop'), '[DONE]']))
  upstream.sink.end()
  await called
})

test.for(['before the head', 'before the content', 'in the stream', 'after the marker'] as const)(
  'a client that leaves %s frees the upstream at once, and is written to no more',
  async (when) => {
    const controller = new AbortController()
    const { called, client, upstream } = call(ask('openai-chat'), controller.signal)
    if (when !== 'before the head') upstream.sink.head(200, sse)
    if (when === 'before the content') upstream.send(toSse([chunk({ role: 'assistant' })]))
    if (when === 'in the stream' || when === 'after the marker')
      upstream.send(toSse([chunk({ content: 'x' })]))
    if (when === 'after the marker') upstream.send(toSse([chunk({}, 'stop'), '[DONE]']))
    const written = client.text()
    const reason = { because: 'gone' }
    controller.abort(reason)
    expect(upstream.signal?.aborted).toBe(true)
    await expect(called).rejects.toBe(reason)
    upstream.send(toSse([chunk({ content: 'y' })]))
    expect(client.text()).toBe(written)
    expect(client.ended).toBe(false)
  },
)

test('a client that has left before the call costs the upstream nothing', async () => {
  const controller = new AbortController()
  controller.abort('gone')
  expect(() => call(ask('openai-chat'), controller.signal)).toThrow('Nothing was sent.')
})

test('an event without end is a bad response, under a limit', async () => {
  const before = call(ask('openai-chat'))
  before.upstream.sink.head(200, sse)
  before.upstream.send(`data: ${'x'.repeat(4_194_400)}`)
  await expect(before.called).rejects.toMatchObject({ code: 'bad-response' })
  expect(before.upstream.signal?.aborted).toBe(true)

  const after = call(ask('openai-chat'))
  after.upstream.sink.head(200, sse)
  const whole = toSse([chunk({ content: 'x' })])
  after.upstream.send(whole)
  for (let size = 0; size < 4_300_000; size += 100_000) after.upstream.send('x'.repeat(100_000))
  expect((await after.called).error).toMatchObject({ code: 'bad-response' })
  expect(after.client.text().length).toBeLessThan(whole.length + 1000)
})

test.for([
  [
    'content within a citation',
    toSse([
      chunk({ content: '', annotations: [{ type: 'url_citation', url_citation: { content: 'snippet' } }] }),
    ]),
  ],
  [
    'content of another choice',
    toSse([{ choices: [{ index: 1, delta: { content: 'b' }, finish_reason: null }] }]),
  ],
  ['a comment that looks like content', `: ${JSON.stringify(chunk({ content: 'a' }))}\n\n`],
])('%s begins no answer, so that what fails behind it can be asked of somebody else', async ([, before]) => {
  const { called, client, upstream } = call(ask('openai-chat', asked))
  upstream.sink.head(200, sse)
  upstream.send(before + toSse([{ error: { message: 'Overloaded.', code: 503 } }]))
  upstream.sink.end()
  await expect(called).rejects.toThrow('Overloaded.')
  expect(client.status).toBeUndefined()
})

test('an event that is an error as a whole is told in its own words, and nothing follows it', async () => {
  const { called, client, upstream } = call(ask('openai-chat', asked))
  upstream.sink.head(200, sse)
  const text = toSse([chunk({ content: 'a' }), { object: 'error', message: 'Boom.', code: 500 }])
  upstream.send(text)
  upstream.sink.end()
  expect((await called).error?.message).toContain('Boom.')
  expect(client.text()).toBe(text)
})
