import { expect, test } from 'vitest'
import { createFakeUpstream } from './fake-upstream.ts'
import type { FakeStep, FakeUpstream } from './types.ts'

type Body = Record<string, unknown>

const anthropic = (upstream: FakeUpstream, body: Body, init: RequestInit = {}) =>
  upstream.fetch('https://fake.test/v1/messages', {
    method: 'POST',
    headers: { 'x-api-key': 'test-key', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 99, ...body }),
    ...init,
  })

const openai = (upstream: FakeUpstream, body: Body, init: RequestInit = {}) =>
  upstream.fetch('https://fake.test/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer test-key' },
    body: JSON.stringify({ model: 'gpt-4o', ...body }),
    ...init,
  })

const say = (content: string) => ({ messages: [{ role: 'user', content }] })

/** The JSON of each event of a stream; `[DONE]` as it is. */
const dataOf = (text: string): unknown[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => (data === '[DONE]' ? data : JSON.parse(data)))

const script = (...steps: FakeStep[]) => createFakeUpstream({ script: () => steps })

test('Anthropic: echoes a message, and reports tool results', async () => {
  const upstream = createFakeUpstream()
  const response = await anthropic(upstream, say('hello'))
  expect(response.headers.get('request-id')).toMatch(/^req_/)
  expect(await response.json()).toMatchObject({
    id: expect.stringMatching(/^msg_/),
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'You said: hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
  })
  const first: Body = await (await anthropic(upstream, say('call sum {"a":1}\ncall now'))).json()
  expect(first).toMatchObject({
    content: [
      { type: 'tool_use', name: 'sum', input: { a: 1 } },
      { type: 'tool_use', name: 'now', input: {} },
    ],
    stop_reason: 'tool_use',
  })
  const content = first.content as { id: string }[]
  const results = content.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' }))
  const messages = [...say('x').messages, { role: 'assistant', content }, { role: 'user', content: results }]
  expect(await (await anthropic(upstream, { messages })).json()).toMatchObject({
    content: [{ text: 'The tools answered: ok, ok' }],
  })
})

test('Anthropic: streams as the API does, signatures included', async () => {
  const upstream = createFakeUpstream()
  const response = await anthropic(upstream, { ...say('think hmm\ncall sum {"a":1}'), stream: true })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const text = await response.text()
  expect(text).toMatch(/^event: message_start\ndata: \{.*\} +\n\nevent: ping\n/)
  const events = dataOf(text) as { type: string; delta?: Body }[]
  expect(events.map(({ type, delta }) => String(delta?.type ?? type))).toEqual([
    ...['message_start', 'ping'],
    ...['content_block_start', 'thinking_delta', 'thinking_delta', 'thinking_delta', 'signature_delta'],
    ...[
      'content_block_stop',
      'content_block_start',
      'input_json_delta',
      'input_json_delta',
      'input_json_delta',
    ],
    ...['content_block_stop', 'ping', 'message_delta', 'message_stop'],
  ])
  expect(events.at(-2)).toMatchObject({
    delta: { stop_reason: 'tool_use' },
    usage: { input_tokens: expect.any(Number) },
  })
  const signature = events.find(({ delta }) => delta?.type === 'signature_delta')?.delta?.signature
  const send = (signed: unknown) =>
    anthropic(upstream, {
      messages: [
        ...say('x').messages,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hmm', signature: signed },
            { type: 'text', text: 'y' },
          ],
        },
        ...say('z').messages,
      ],
    })
  expect((await send(signature)).status).toBe(200)
  expect((await send(String(signature).replace('+', ' '))).status).toBe(400)
})

test('OpenAI: echoes a message, calls tools in parallel, and reports their results', async () => {
  const upstream = createFakeUpstream()
  const first: Body = await (await openai(upstream, say('call sum {"a":1}\ncall now'))).json()
  expect(first).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-/),
    object: 'chat.completion',
    choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: null } }],
    usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
  })
  const [{ message }] = first.choices as [{ message: { tool_calls: { id: string; function: Body }[] } }]
  expect(message.tool_calls.map((call) => call.function)).toEqual([
    { name: 'sum', arguments: '{"a":1}' },
    { name: 'now', arguments: '{}' },
  ])
  const answers = message.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' }))
  const { tool_calls } = message
  const messages = [...say('x').messages, { role: 'assistant', content: null, tool_calls }, ...answers]
  expect(await (await openai(upstream, { messages })).json()).toMatchObject({
    choices: [{ message: { content: 'The tools answered: ok, ok' }, finish_reason: 'stop' }],
  })
})

test('OpenAI: streams chunks, and the usage only to those who asked', async () => {
  const steps: FakeStep[] = [
    { type: 'text', text: 'Hi' },
    { type: 'tool-call', name: 'sum', input: { a: 1 } },
  ]
  const plain = dataOf(await (await openai(script(...steps), { ...say('x'), stream: true })).text())
  expect(plain.map((chunk) => (chunk as { choices?: { delta: Body }[] }).choices?.[0]?.delta)).toMatchObject([
    { role: 'assistant', content: '' },
    { content: 'Hi' },
    { tool_calls: [{ index: 0, id: expect.any(String), function: { name: 'sum', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] },
    { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
    {},
    undefined,
  ])
  expect(plain.at(-1)).toBe('[DONE]')
  expect(plain[0]).not.toHaveProperty('usage')
  const asked = { ...say('x'), stream: true, stream_options: { include_usage: true } }
  const chunks = dataOf(await (await openai(script(...steps), asked)).text())
  expect(chunks[0]).toMatchObject({ usage: null })
  expect(chunks.at(-2)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
})

test('refuses a missing and a wrong key in the words of each API', async () => {
  const upstream = createFakeUpstream({ apiKey: 'right' })
  const version = { 'anthropic-version': '2023-06-01' }
  for (const headers of [version, { ...version, 'x-api-key': 'wrong' }]) {
    const response = await anthropic(upstream, say('x'), { headers })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
  }
  const bearer = await anthropic(upstream, say('x'), {
    headers: { ...version, authorization: 'Bearer right' },
  })
  expect(bearer.status).toBe(200)
  const response = await openai(upstream, say('x'))
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({
    error: { code: 'invalid_api_key', type: 'invalid_request_error' },
  })
})

test('refuses bad requests, unknown models, paths and methods', async () => {
  const upstream = createFakeUpstream({ models: ['gpt-4o'] })
  const refusals = [
    [
      await openai(upstream, { ...say('x'), top_k: 1 }),
      400,
      { error: { code: 'unknown_parameter', param: 'top_k' } },
    ],
    [await openai(upstream, say('x'), { body: '{' }), 400, { error: { type: 'invalid_request_error' } }],
    [await openai(upstream, { ...say('x'), model: 'gpt-9' }), 404, { error: { code: 'model_not_found' } }],
    [await anthropic(upstream, say('x')), 404, { error: { type: 'not_found_error' } }],
    [await upstream.fetch('https://fake.test/v1/messages'), 404, { error: { type: 'not_found_error' } }],
    [await upstream.fetch('https://fake.test/v1/other'), 404, { error: {} }],
  ] as const
  for (const [response, status, body] of refusals) {
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject(body)
  }
})

test('fails with a status, its headers, and in HTML', async () => {
  const upstream = createFakeUpstream()
  const limited = await anthropic(upstream, say('status 429 7'))
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
  expect(await limited.json()).toMatchObject({ error: { type: 'rate_limit_error' } })
  const overloaded = await anthropic(upstream, say('status 529'))
  expect(await overloaded.json()).toMatchObject({ error: { type: 'overloaded_error' } })
  const html = await openai(upstream, say('html 502'))
  expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html'])
  expect(await html.text()).toContain('<html>')
})

test('an error inside a stream ends it without its marker', async () => {
  const upstream = createFakeUpstream()
  const a = await (await anthropic(upstream, { ...say('error overloaded_error'), stream: true })).text()
  expect(dataOf(a).at(-1)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
  const b = await (await openai(upstream, { ...say('error server_error'), stream: true })).text()
  expect(dataOf(b).at(-1)).toMatchObject({ error: { type: 'server_error' } })
  expect((await anthropic(upstream, say('error overloaded_error'))).status).toBe(529)
})

test('a stream can break, and can end without its marker', async () => {
  const upstream = createFakeUpstream()
  for (const ask of [anthropic, openai]) {
    const broken = await ask(upstream, { ...say('reset'), stream: true })
    await expect(broken.text()).rejects.toThrow('terminated')
    const ended = await (await ask(upstream, { ...say('end'), stream: true })).text()
    expect(ended).toContain('Half of ')
    expect(ended).not.toMatch(/message_stop|DONE/)
    const cut = await ask(upstream, say('end'))
    await expect(cut.json()).rejects.toThrow(SyntaxError)
    await expect((await ask(upstream, say('reset'))).text()).rejects.toThrow('terminated')
  }
})

test('bytes can be scripted as they are, and how an answer ends too', async () => {
  const steps: FakeStep[] = [
    { type: 'raw', text: ': hi\n\n' },
    { type: 'text', text: 'x' },
    { type: 'finish', reason: 'refusal' },
  ]
  const text = await (await anthropic(script(...steps), { ...say('x'), stream: true })).text()
  expect(text).toContain('\n: hi\n\n')
  expect(text).toContain('"stop_reason":"refusal"')
  expect(await (await openai(script({ type: 'raw', text: '{' }), say('x'))).text()).toBe('{')
})

test('a wait before the answer holds back the status, one inside it the next event', async () => {
  let open = () => {}
  const until = new Promise<void>((resolve) => {
    open = resolve
  })
  const early = openai(script({ type: 'wait', until }), say('x'))
  const inside = await openai(script({ type: 'text', text: 'a' }, { type: 'wait', until }), {
    ...say('x'),
    stream: true,
  })
  const reader = inside.body?.getReader()
  await reader?.read()
  await reader?.read()
  const order: string[] = []
  const next = reader?.read().then(() => order.push('event'))
  const status = early.then(() => order.push('status'))
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(order).toEqual([])
  open()
  await Promise.all([next, status])
  expect(order.sort()).toEqual(['event', 'status'])
})

test('an abort is recorded and breaks the answer, before its status and while it is idle', async () => {
  const never = new Promise<never>(() => {})
  for (const steps of [
    [{ type: 'wait', until: never }],
    [
      { type: 'text', text: 'a' },
      { type: 'wait', until: never },
    ],
  ]) {
    const upstream = script(...(steps as FakeStep[]))
    const controller = new AbortController()
    const answer = anthropic(upstream, { ...say('x'), stream: true }, { signal: controller.signal })
    const read = answer.then((response) => response.text())
    await new Promise((resolve) => setTimeout(resolve, 0))
    controller.abort('enough')
    await expect(read).rejects.toBe('enough')
    await upstream.requests[0]?.whenAborted
    expect(upstream.requests[0]?.aborted).toBe(true)
  }
})

test('a body that is cancelled counts as aborted, one that was read to its end does not', async () => {
  const upstream = createFakeUpstream()
  const controller = new AbortController()
  const cancelled = await openai(upstream, { ...say('a b c'), stream: true })
  await cancelled.body?.cancel()
  await (await openai(upstream, { ...say('a b c'), stream: true }, { signal: controller.signal })).text()
  controller.abort()
  expect(upstream.requests.map(({ aborted }) => aborted)).toEqual([true, false])
})

test('records what it was sent', async () => {
  const upstream = createFakeUpstream()
  await openai(upstream, say('hello'))
  expect(upstream.requests).toMatchObject([
    {
      dialect: 'openai-chat',
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer test-key' },
      body: { model: 'gpt-4o', ...say('hello') },
      lastText: 'hello',
      aborted: false,
    },
  ])
})
