import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FakeAnswer, RecordedRequest } from '@gateway/provider/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { api, isEnd, stream, until } from './client.ts'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'gateway-providers-'))
let script: ((request: RecordedRequest) => FakeAnswer | undefined) | undefined
let upstream: UpstreamServer
let gateway: GatewayProcess

beforeAll(async () => {
  upstream = await startUpstream({ script: (request) => script?.(request) })
  gateway = await startGateway(folder, upstream.env)
})
afterAll(async () => {
  await gateway.end('SIGTERM')
  await upstream.close()
  rmSync(folder, { recursive: true })
})

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  api(gateway.url, method, path, body, headers)
const createSession = async (body: object): Promise<string> =>
  `/api/sessions/${(await call('POST', '/api/sessions', body)).json.id}`
const say = async (path: string, content: string) =>
  (await call('POST', `${path}/messages`, { content })).json

/** What the upstream was sent as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: wire bodies are looked into field by field.
const sent = (at: number): any => upstream.requests.at(at)?.body

const parallel = ['call calculator {"operation":"add","a":5,"b":3}', 'call echo {"message":"héllo ✓"}'].join(
  '\n',
)

test.each(['gpt-4o', 'gpt-5-mini', 'claude-sonnet-4-6', 'claude-opus-4-8'])(
  'a conversation with parallel tool calls runs on %s, and what goes upstream is legal and complete',
  async (model) => {
    script = undefined
    const path = await createSession({ model, system: 'Answer in one line.' })
    const first = await say(path, parallel)
    expect(first.turn, JSON.stringify(first.turn)).toMatchObject({
      status: 'completed',
      steps: 2,
      stop_reason: 'end_turn',
    })
    expect(first.turn.usage.input_tokens).toBeGreaterThan(0)
    expect(first.messages.map((message: { role: string }) => message.role)).toEqual([
      'assistant',
      'tool',
      'assistant',
    ])
    expect(first.messages[1].content).toMatchObject([{ content: '8' }, { content: 'héllo ✓' }])
    const second = await say(path, 'and now something else')
    expect(second.turn.status, JSON.stringify(second.turn.error)).toBe('completed')
    // The upstream refuses what the real one would refuse; here is that nothing is missing either.
    const body = sent(-1)
    const roles = body.messages.map((message: { role: string }) => message.role)
    if (model.startsWith('gpt')) {
      expect(roles).toEqual(['system', 'user', 'assistant', 'tool', 'tool', 'assistant', 'user'])
      expect(body.messages[0].content).toContain('Answer in one line.')
    } else {
      expect(roles).toEqual(['user', 'assistant', 'user', 'assistant', 'user'])
      expect(JSON.stringify(body.system)).toContain('Answer in one line.')
      expect(body.messages[2].content.map((block: { type: string }) => block.type)).toEqual([
        'tool_result',
        'tool_result',
      ])
    }
    expect(body.tools).toHaveLength(3)
  },
)

test('thinking and its signature go back byte for byte', async () => {
  script = undefined
  const path = await createSession({ model: 'claude-sonnet-4-6' })
  const first = await say(path, 'think Let me see…\ncall echo {"message":"x"}')
  expect(first.turn.status, JSON.stringify(first.turn.error)).toBe('completed')
  const [thinking] = first.messages[0].content
  expect(thinking).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/^EqQB/) })
  await say(path, 'go on')
  const assistant = sent(-1).messages.find((message: { role: string }) => message.role === 'assistant')
  expect(assistant.content[0]).toMatchObject({ type: 'thinking', signature: thinking.signature })
})

test('an option that a model does not take is left out, and said', async () => {
  script = undefined
  const path = await createSession({ model: 'gpt-5-mini' })
  const answer = await call('POST', `${path}/messages`, { content: 'hi', temperature: 0.5 })
  expect(answer.json.turn).toMatchObject({
    status: 'completed',
    warnings: [expect.stringContaining('temperature')],
  })
  expect(answer.headers.get('x-gateway-warnings')).toContain('temperature')
  expect(sent(-1)).not.toHaveProperty('temperature')
})

test('a session can change from one provider to the other in mid-conversation', async () => {
  script = undefined
  const path = await createSession({ model: 'claude-sonnet-4-6' })
  await say(path, `think hm\n${parallel}`)
  await call('PATCH', path, { model: 'gpt-4o' })
  expect((await say(path, parallel)).turn).toMatchObject({ status: 'completed', error: null })
  await call('PATCH', path, { model: 'claude-opus-4-8' })
  expect((await say(path, parallel)).turn).toMatchObject({ status: 'completed', error: null })
})

test.each([
  ['gpt-4o', { status: 401 }, 'provider_authentication'],
  ['claude-sonnet-4-6', { status: 401 }, 'provider_authentication'],
  ['gpt-4o', { status: 429, headers: { 'retry-after': '7' } }, 'rate_limit'],
  ['claude-sonnet-4-6', { status: 529 }, 'overloaded'],
  ['gpt-4o', { status: 500 }, 'overloaded'],
  ['claude-sonnet-4-6', { status: 500, body: '<html>oops</html>' }, 'overloaded'],
] as const)('%s that answers %j fails the turn, and the next one works', async (model, fault, code) => {
  const path = await createSession({ model })
  script = () => fault
  const failed = await say(path, 'hello')
  expect(failed.turn).toMatchObject({ status: 'failed', error: { type: 'provider_error', code } })
  expect(JSON.stringify(failed)).not.toContain('test-key')
  script = undefined
  expect((await say(path, 'again')).turn.status).toBe('completed')
})

test.each([
  ['gpt-4o', { type: 'reset' }, /^network|bad_response$/],
  ['claude-sonnet-4-6', { type: 'reset' }, /^network|bad_response$/],
  ['gpt-4o', { type: 'end' }, /^network|bad_response$/],
  ['claude-sonnet-4-6', { type: 'end' }, /^network|bad_response$/],
  ['gpt-4o', { type: 'error-event', error: 'server_error' }, /^overloaded|bad_response$/],
  ['claude-sonnet-4-6', { type: 'error-event', error: 'overloaded_error' }, /^overloaded$/],
] as const)(
  '%s that breaks in mid-stream by %j fails the turn and keeps what was streamed',
  async (model, step, code) => {
    const path = await createSession({ model })
    script = () => [{ type: 'text', text: 'Half an ' }, { type: 'text', text: 'answer' }, step]
    const failed = await say(path, 'hello')
    expect(failed.turn).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(code) } })
    expect(failed.messages).toMatchObject([
      { role: 'assistant', partial: true, content: [{ text: 'Half an answer' }] },
    ])
    script = undefined
    expect((await say(path, 'again')).turn).toMatchObject({ status: 'completed', error: null })
  },
)

test.each(['gpt-4o', 'claude-sonnet-4-6'])(
  'cancel aborts the request to %s before its next event',
  async (model) => {
    const gate = Promise.withResolvers<void>()
    script = () => [
      { type: 'text', text: 'one' },
      { type: 'wait', until: gate.promise },
      { type: 'text', text: 'two' },
    ]
    const path = await createSession({ model })
    const { turn } = (await call('POST', `${path}/messages`, { content: 'go' }, { prefer: 'respond-async' }))
      .json
    await until(stream(gateway.url, `${path}/stream`), (event) => event.event === 'delta')
    const cancelled = await call('POST', `${path}/turns/${turn.id}/cancel`)
    expect(cancelled.json.status).toBe('cancelled')
    await upstream.requests.at(-1)?.whenAborted
    gate.resolve()
    const events = await until(stream(gateway.url, `${path}/stream?turn=${turn.id}`), isEnd)
    expect(events.filter((event) => event.event === 'delta').map((event) => event.data.text)).toEqual(['one'])
  },
)

test('the events of an answer arrive while the upstream is still at it', async () => {
  const gate = Promise.withResolvers<void>()
  script = () => [
    { type: 'text', text: 'one' },
    { type: 'wait', until: gate.promise },
    { type: 'text', text: 'two' },
  ]
  const path = await createSession({ model: 'gpt-4o' })
  const texts: unknown[] = []
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ content: 'go' }),
  }
  for await (const event of stream(gateway.url, `${path}/messages`, init)) {
    if (event.event !== 'delta') continue
    texts.push(event.data.text)
    gate.resolve()
  }
  expect(texts).toEqual(['one', 'two'])
})

test('a client that leaves does not stop the turn, unless it asked for that', async () => {
  for (const [policy, end] of [
    ['finish', 'completed'],
    ['cancel', 'cancelled'],
  ]) {
    const gate = Promise.withResolvers<void>()
    script = () => [
      { type: 'text', text: 'one' },
      { type: 'wait', until: gate.promise },
      { type: 'text', text: 'two' },
    ]
    const path = await createSession({ model: 'claude-sonnet-4-6' })
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ content: 'go', on_disconnect: policy }),
    }
    const seen = await until(
      stream(gateway.url, `${path}/messages`, init),
      (event) => event.event === 'delta',
    )
    if (policy === 'cancel') await upstream.requests.at(-1)?.whenAborted
    gate.resolve()
    const turn = seen[0]?.data.turn_id
    const rest = await until(stream(gateway.url, `${path}/stream?turn=${turn}`), isEnd)
    expect(rest.at(-1)?.event).toBe(`turn.${end}`)
  }
})
