import { createFetchTransport } from '@gateway/provider'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { ConfigError } from '../config/config-error.ts'
import { readConfig } from '../config/read-config.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { createTestApp } from '../test-app.ts'
import { chatAnswer, chatChunk, createStreamAnswer, jsonAnswer } from '../v1/test-support.ts'
import { createLive } from './live.ts'

/** A file whose model `fast` is served by the upstream of that host. */
const fileFor = (host: string, more: object = {}) => ({
  providers: { local: { type: 'openai-compatible', baseURL: `http://${host}/v1`, models: ['llama4'] } },
  models: { fast: { targets: [{ provider: 'local', model: 'llama4' }] } },
  ...more,
})

const configOf = (value: object, environment: Record<string, string> = {}) =>
  readConfig(environment, { path: '/etc/gateway.config.yaml', value })

/** A gateway that follows its configuration, over upstreams that are functions. */
const createLiveApp = (first: object, upstreams: Record<string, () => Response>) => {
  const asked: string[] = []
  const transport = createFetchTransport({
    fetch: async (input) => {
      const { host } = new URL(String(input))
      asked.push(host)
      return upstreams[host]?.() ?? new Response(null, { status: 502 })
    },
  })
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const metrics = createMetrics({ process: false })
  const live = createLive(configOf(first), { transport, metrics, log })
  const { providers, tools, access, settings } = live
  const { app, call } = createTestApp({ deps: { providers, tools, access, settings, metrics } })
  return { live, app, call, asked, lines }
}

const ask = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }] }

test('a running stream ends with the targets that it began with; the next request has the new ones', async () => {
  const stream = createStreamAnswer()
  const { live, app, call, asked } = createLiveApp(fileFor('a.test'), {
    'a.test': () => stream.response,
    'b.test': () => jsonAnswer(chatAnswer),
  })
  const running = app.request('http://127.0.0.1/v1/chat/completions', {
    method: 'POST',
    headers: { host: '127.0.0.1', 'content-type': 'application/json' },
    body: JSON.stringify({ ...ask, stream: true }),
  })
  stream.write(chatChunk({ role: 'assistant', content: 'Hel' }))
  const response = await running
  live.reload(configOf(fileFor('b.test')))
  expect((await call('POST', '/v1/chat/completions', ask)).status).toBe(200)
  stream.write(chatChunk({ content: 'lo' }) + chatChunk({}, 'stop'))
  stream.write('data: [DONE]\n\n')
  stream.end()
  const text = await response.text()
  expect(text).toContain('"lo"')
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  expect(asked).toEqual(['a.test', 'b.test'])
})

test('keys, tools, default model and model names change from one request to the next', async () => {
  const { live, call } = createLiveApp(fileFor('a.test'), { 'a.test': () => jsonAnswer(chatAnswer) })
  expect((await call('GET', '/v1/models')).json.data.map(({ id }: { id: string }) => id)).toEqual([
    'fast',
    'llama4',
  ])
  const keys = [{ tenant: 'acme', key: 'k', models: ['slow'], tools: ['echo'] }]
  const models = { slow: { targets: [{ provider: 'local', model: 'llama4' }] } }
  live.reload(configOf(fileFor('a.test', { keys, models, defaultModel: 'slow' })))
  expect((await call('GET', '/v1/models')).status).toBe(401)
  const key = { authorization: 'Bearer k' }
  expect((await call('GET', '/v1/models', undefined, key)).json.data).toMatchObject([{ id: 'slow' }])
  const { json } = await call('GET', '/api/tools', undefined, key)
  expect(json.tools.map(({ name }: { name: string }) => name)).toEqual(['echo'])
  expect((await call('GET', '/health', undefined, key)).json).toMatchObject({
    default_model: 'slow',
    targets: [{ target: 'local/llama4', state: 'closed' }],
  })
})

test('what cannot be used changes nothing', async () => {
  const { live, call } = createLiveApp(fileFor('a.test'), { 'a.test': () => jsonAnswer(chatAnswer) })
  const broken = configOf(
    fileFor('b.test', { defaultModel: 'gone', keys: [{ tenant: 'a', key: 'k', models: ['none'] }] }),
  )
  expect(() => live.reload(broken)).toThrow(/keys\[0\]\.models: .*"none"[\s\S]*defaultModel.*"gone"/)
  expect((await call('POST', '/v1/chat/completions', ask)).status).toBe(200)
})

test('the last key cannot be taken away while others reach the gateway', () => {
  const keys = [{ tenant: 'a', key: 'k' }]
  const { live } = createLiveApp({ ...fileFor('a.test', { keys }), host: '0.0.0.0' }, {})
  expect(() => live.reload(configOf(fileFor('a.test')))).toThrow(ConfigError)
})

test('what needs a new start is said', () => {
  const { live, lines } = createLiveApp(fileFor('a.test'), {})
  live.reload(configOf(fileFor('a.test', { port: 9000, store: 'memory:' })))
  expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ level: 40, settings: ['port', 'store'] })
})

test('what is known of the health of a target outlives a reload', async () => {
  const { live, call } = createLiveApp(fileFor('a.test', { retry: { attempts: 0 } }), {
    'a.test': () => new Response('{"error":{"message":"No."}}', { status: 401 }),
  })
  await call('POST', '/v1/chat/completions', ask)
  live.reload(configOf(fileFor('a.test')))
  expect((await call('GET', '/health')).json.targets).toMatchObject([
    { target: 'local/llama4', state: 'open', alarm: 'authentication' },
  ])
})

test('an attempt that another target makes up for is logged; bad credentials are an alarm', async () => {
  const other = { type: 'openai-compatible', baseURL: 'http://b.test/v1', models: ['llama4'] }
  const file = fileFor('a.test')
  const { call, lines } = createLiveApp(
    {
      providers: { ...file.providers, other },
      models: { fast: { targets: [...file.models.fast.targets, { provider: 'other', model: 'llama4' }] } },
    },
    {
      'a.test': () => new Response('{"error":{"message":"No."}}', { status: 401 }),
      'b.test': () => jsonAnswer(chatAnswer),
    },
  )
  expect((await call('POST', '/v1/chat/completions', ask)).status).toBe(200)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 50, provider: 'local', model: 'fast', attempt: 1, code: 'authentication', followed_by: 'next' },
  ])
})

test('a request says what becomes of its stream by a header, and no nonsense', async () => {
  const { call, asked } = createLiveApp(fileFor('a.test'), { 'a.test': () => jsonAnswer(chatAnswer) })
  const wish = (mode: string) => call('POST', '/v1/chat/completions', ask, { 'x-gateway-on-break': mode })
  expect((await wish('rescue')).status).toBe(200)
  expect(await wish('retry')).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining('restart') } },
  })
  expect(asked).toHaveLength(1)
})
