import { expect, test } from 'vitest'
import { createTestApp, framesOf } from '../test-app.ts'

const sum = '/tool calculator {"operation":"add","a":5,"b":3}'

test('a message is answered as JSON with its turn and the new messages', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const { status, json } = await call('POST', `${path}/messages`, { content: sum })
  expect(status).toBe(200)
  expect(json.turn).toEqual({
    id: expect.stringMatching(/^turn_/),
    object: 'turn',
    session_id: path.split('/').at(-1),
    status: 'completed',
    model: 'mock',
    stop_reason: 'end_turn',
    usage: expect.objectContaining({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) }),
    cost_usd: null,
    steps: 2,
    error: null,
    created_at: expect.any(String),
    ended_at: expect.any(String),
  })
  expect(json.messages).toMatchObject([
    {
      object: 'message',
      role: 'assistant',
      turn_id: json.turn.id,
      content: [{ type: 'tool_use', name: 'calculator', input: { operation: 'add', a: 5, b: 3 } }],
    },
    { role: 'tool', content: [{ type: 'tool_result', content: '8', is_error: false }] },
    { role: 'assistant', content: [{ type: 'text', text: expect.stringContaining('8') }] },
  ])
  expect((await call('GET', `${path}/turns/${json.turn.id}`)).json).toEqual(json.turn)
  const { usage } = (await call('GET', path)).json
  expect(usage).toEqual(json.turn.usage)
})

test('a message is answered as SSE with the events of its turn, ending with the terminal one', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const { status, headers, text } = await call(
    'POST',
    `${path}/messages`,
    { content: sum },
    { accept: 'text/event-stream' },
  )
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(headers.get('content-encoding')).toBeNull()
  expect(text.startsWith(':')).toBe(true)
  const frames = framesOf(text)
  expect(frames.map((frame) => frame.event).filter((event) => event !== 'delta')).toEqual([
    'turn.started',
    'message',
    'message',
    'tool.started',
    'tool.finished',
    'message',
    'message',
    'turn.completed',
  ])
  const ids = frames.map((frame) => frame.id)
  expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) + at))
  expect(new Set(frames.map((frame) => frame.data.turn_id)).size).toBe(1)
  const delta = frames.find((frame) => frame.event === 'delta')
  expect(Object.keys(delta?.data ?? {}).sort()).toEqual([
    'index',
    'kind',
    'message_id',
    'step',
    'text',
    'turn_id',
  ])
  expect(frames.at(-1)?.data).toMatchObject({ stop_reason: 'end_turn', steps: 2, cost_usd: null })
})

test('respond-async answers 202 with the turn, which goes on', async () => {
  const { call, createSession, agent } = createTestApp()
  const path = await createSession()
  const { status, json, headers } = await call(
    'POST',
    `${path}/messages`,
    { content: 'hi' },
    { prefer: 'respond-async' },
  )
  expect({ status, applied: headers.get('preference-applied') }).toEqual({
    status: 202,
    applied: 'respond-async',
  })
  expect(json).toMatchObject({ turn: { status: 'running', ended_at: null, stop_reason: null } })
  await agent.waitForTurn({ tenant: 'default', id: path.split('/').at(-1) ?? '' }, json.turn.id)
  expect((await call('GET', headers.get('location') ?? '')).json.status).toBe('completed')
})

test.each([
  ['application/json, text/event-stream;q=0.5', '', 'text/event-stream; charset=utf-8'],
  ['text/event-stream;q=0', '', 'application/json'],
  ['text/event-stream; q=0.0, */*', '', 'application/json'],
  ['*/*', 'wait=10', 'application/json'],
  ['*/*', 'wait=10, respond-async; x=1', undefined],
])('Accept %s with Prefer %s chooses the form of the answer', async (accept, prefer, type) => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const answer = await call('POST', `${path}/messages`, { content: 'x' }, { accept, prefer })
  expect(answer.status).toBe(type === undefined ? 202 : 200)
  expect(answer.headers.get('content-type')).toBe(type ?? 'application/json')
})

test('a failed turn is answered with 200 and says what went wrong', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const { status, json } = await call('POST', `${path}/messages`, { content: '/cut\n/say one two three' })
  expect(status).toBe(200)
  expect(json.turn).toMatchObject({ status: 'failed', error: { type: 'provider_error', code: 'network' } })
  expect(json.messages).toMatchObject([{ role: 'assistant', partial: true }])
  expect((await call('POST', `${path}/messages`, { content: 'again' })).json.turn.status).toBe('completed')
})

test('a second message while a turn runs is a conflict that names the turn', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const { turn } = (
    await call('POST', `${path}/messages`, { content: '/stall' }, { prefer: 'respond-async' })
  ).json
  expect(await call('POST', `${path}/messages`, { content: 'me too' })).toMatchObject({
    status: 409,
    json: { error: { type: 'conflict_error', code: 'turn_in_progress', turn_id: turn.id } },
  })
  expect((await call('POST', `${path}/turns/${turn.id}/cancel`)).json).toMatchObject({
    id: turn.id,
    status: 'cancelled',
  })
  expect((await call('POST', `${path}/turns/${turn.id}/cancel`)).json.status).toBe('cancelled')
})

test('a repeated Idempotency-Key gives the same turn, and with another body is refused', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const send = (content: string, key: string) =>
    call('POST', `${path}/messages`, { content }, { 'idempotency-key': key })
  const first = await send('hello', 'k-1')
  const again = await send('hello', 'k-1')
  expect(again).toMatchObject({ status: 200, json: first.json })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await send('other', 'k-1')).json.error.code).toBe('idempotency_mismatch')
  expect((await send('hello', 'k-2')).json.turn.id).not.toBe(first.json.turn.id)
  expect((await send('hello', 'x'.repeat(256))).status).toBe(400)
  expect((await call('GET', `${path}/messages`)).json.data).toHaveLength(4)
})

test('of two requests with one Idempotency-Key, one may leave while the other waits', async () => {
  const { app, call, createSession, agent } = createTestApp()
  const path = await createSession()
  const twin = () => {
    const leaving = new AbortController()
    const request = new Request(`http://127.0.0.1${path}/messages`, {
      method: 'POST',
      headers: { host: '127.0.0.1', 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: JSON.stringify({ content: '/stall\n/say one two', on_disconnect: 'cancel' }),
      signal: leaving.signal,
    })
    return { leave: () => leaving.abort(), answer: Promise.resolve(app.request(request)) }
  }
  const first = twin()
  while ((await call('GET', `${path}/messages`)).json.data.length === 0);
  const second = twin()
  // To reach where it waits, and for a cancel to take effect, takes a few turns of the event loop.
  const settle = async () => {
    for (let at = 0; at < 50; at += 1) await new Promise(setImmediate)
  }
  await settle()
  second.leave()
  await second.answer
  await settle()
  expect(agent.running()).toBe(1)
  first.leave()
  await first.answer
  while (agent.running() > 0) await new Promise(setImmediate)
})

test('blocks with an image are kept as they were sent', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image', source: { kind: 'base64', media_type: 'image/png', data: 'aGk=' } },
    { type: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
  ]
  await call('POST', `${path}/messages`, { content })
  const { data } = (await call('GET', `${path}/messages`)).json
  expect(data[0]).toMatchObject({ role: 'user', content })
})

test('messages are listed oldest first, page by page', async () => {
  const { call, createSession } = createTestApp()
  const path = await createSession()
  for (const content of ['one', 'two', 'three']) await call('POST', `${path}/messages`, { content })
  const first = (await call('GET', `${path}/messages?limit=4`)).json
  const second = (
    await call('GET', `${path}/messages?limit=4&cursor=${encodeURIComponent(first.next_cursor)}`)
  ).json
  const seqs = [...first.data, ...second.data].map((message: { seq: number }) => message.seq)
  expect(seqs).toHaveLength(6)
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  expect(second.next_cursor).toBeNull()
})
