import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import type { FakeAnswer, FakeDelivery } from '@gateway/provider/testing'
import { OpenAIEmbeddings } from '@langchain/openai'
import { embedMany } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, startGateway } from '../gateway-process.ts'
import { startUpstream, type UpstreamServer } from '../upstream-server.ts'
import { clientKey } from './sdk-client.ts'
import { chatEnd, chatUsage, chunk, done, event, messageEnd, messageStart, textBlock } from './wire-text.ts'

// What has no place in the matrix: other endpoints than the two hot ones, bytes that pass, and the SDKs' own retries.

const folder = mkdtempSync(join(tmpdir(), 'gateway-endpoints-'))
let answers: FakeAnswer[] = []
let delivery: FakeDelivery | undefined
let upstream: UpstreamServer
let gateway: GatewayProcess
let openai: OpenAI
let anthropic: Anthropic

beforeAll(async () => {
  upstream = await startUpstream({
    script: () => (answers.length > 1 ? answers.shift() : answers[0]),
    delivery: () => delivery,
  })
  gateway = await startGateway(folder, { ...upstream.env, GATEWAY_STORE: 'memory:' })
  openai = new OpenAI({ apiKey: clientKey, baseURL: `${gateway.url}/v1` })
  anthropic = new Anthropic({ apiKey: clientKey, baseURL: gateway.url })
})
afterAll(async () => {
  await gateway.end('SIGTERM')
  await upstream.close()
  rmSync(folder, { recursive: true })
})

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify(body),
  })

const hello = [{ role: 'user' as const, content: 'hello' }]
const chatBody = { model: 'gpt-4o', messages: hello, stream: true }
const messageBody = { model: 'claude-sonnet-4-6', max_tokens: 99, messages: hello, stream: true }

test('embeddings come in either encoding, by each SDK', async () => {
  answers = []
  const model = 'text-embedding-3-small'
  const coded = await openai.embeddings.create({ model, input: ['a', 'bb'] })
  const plain = await openai.embeddings.create({ model, input: ['a', 'bb'], encoding_format: 'float' })
  expect(coded.data).toEqual(plain.data)
  expect(upstream.requests.at(-2)?.body).toMatchObject({ encoding_format: 'base64' })
  const provider = createOpenAI({ apiKey: clientKey, baseURL: `${gateway.url}/v1` })
  const { embeddings } = await embedMany({ model: provider.embedding(model), values: ['a', 'bb'] })
  const langchain = new OpenAIEmbeddings({
    model,
    apiKey: clientKey,
    configuration: { baseURL: `${gateway.url}/v1` },
  })
  const expected = plain.data.map(({ embedding }) => embedding)
  expect(embeddings).toEqual(expected)
  expect(await langchain.embedDocuments(['a', 'bb'])).toEqual(expected)
})

test('tokens are counted for any model', async () => {
  const messages = hello
  const counted = await anthropic.messages.countTokens({ model: 'claude-sonnet-4-6', messages })
  expect(counted.input_tokens).toBe(
    Math.ceil(JSON.stringify({ model: 'claude-sonnet-4-6', messages }).length / 4),
  )
  const sent = upstream.requests.length
  const crossed = await anthropic.messages.countTokens({ model: 'gpt-4o', messages })
  expect(crossed.input_tokens).toBeGreaterThan(0)
  expect(upstream.requests).toHaveLength(sent)
})

test('models are listed and looked up in the words of each API', async () => {
  const listed: string[] = []
  for await (const { id, object } of openai.models.list()) {
    expect(object).toBe('model')
    listed.push(id)
  }
  expect(listed).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-6']))
  const named: string[] = []
  for await (const { id, type, display_name } of anthropic.models.list()) {
    expect([type, typeof display_name]).toEqual(['model', 'string'])
    named.push(id)
  }
  expect(named).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-6']))
  expect(await openai.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' })
  expect(await anthropic.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', type: 'model' })
  await expect(openai.models.retrieve('nope')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  await expect(anthropic.models.retrieve('nope')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
})

test('a model that nobody serves, and a body that is none, are errors of each SDK', async () => {
  await expect(
    openai.chat.completions.create({ ...chatBody, model: 'nope', stream: false }),
  ).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
    type: 'invalid_request_error',
  })
  await expect(
    anthropic.messages.create({ ...messageBody, model: 'nope', stream: false }),
  ).rejects.toMatchObject({
    status: 404,
    error: { type: 'error', error: { type: 'not_found_error' } },
  })
  const broken = await fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  })
  expect([broken.status, await broken.json()]).toMatchObject([
    400,
    { error: { type: 'invalid_request_error' } },
  ])
})

const chatText =
  `: OPENROUTER PROCESSING\n\n${chunk({ role: 'assistant', content: '' }, { obfuscation: 'x' })}` +
  `${chunk({ content: 'Grüße 🦊' }, { unknown: { a: 1.0 } }).replaceAll('\n\n', '   \n\n')}` +
  `${chatEnd('stop', null)}`
const messageText =
  `${messageStart()}${event('ping')}${textBlock(0, 'Grüße', ' 🦊').replaceAll('\n\n', '   \n\n')}` +
  `${event('weather', { sky: 'blue' })}${messageEnd()}`

test.each([
  {},
  { cut: 1 },
  { cut: 'random', lineEnd: '\r\n' },
  { cut: 1, lineEnd: '\r' },
  { comments: true, bom: true, tight: true },
  { gzip: true },
] satisfies FakeDelivery[])('bytes pass as they are: %j', async (travel) => {
  for (const [path, body, recording] of [
    ['/v1/chat/completions', chatBody, chatText],
    ['/v1/messages', messageBody, messageText],
  ] as const) {
    answers = [{ recording }]
    delivery = travel
    const response = await post(path, body)
    const text = Buffer.from(await response.arrayBuffer()).toString()
    delivery = { ...travel, gzip: false }
    const key =
      path === '/v1/messages' ? upstream.env.ANTHROPIC_BASE_URL : upstream.env.OPENAI_BASE_URL?.slice(0, -3)
    const direct = await fetch(key + path, {
      method: 'POST',
      headers: { authorization: 'Bearer test-key', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(body),
    })
    expect(text).toBe(Buffer.from(await direct.arrayBuffer()).toString())
    delivery = undefined
    expect(response.headers.get('content-encoding')).toBeNull()
  }
})

test('usage that a client did not ask for is asked for, and not shown', async () => {
  const shown = chunk({ content: 'x' }) + chunk({}, {}, { finish_reason: 'stop' })
  answers = [{ recording: shown + chunk(undefined, { usage: chatUsage }) + done }]
  expect(await (await post('/v1/chat/completions', chatBody)).text()).toBe(shown + done)
  expect(upstream.requests.at(-1)?.body).toMatchObject({ stream_options: { include_usage: true } })
  const asked = { ...chatBody, stream_options: { include_usage: true } }
  expect(await (await post('/v1/chat/completions', asked)).text()).toContain('"total_tokens":18')
})

test('headers of the dialect pass both ways, and no others', async () => {
  answers = [
    {
      status: 429,
      headers: {
        'retry-after': '3',
        'x-should-retry': 'false',
        'x-ratelimit-remaining-requests': '0',
        'set-cookie': 'a=b',
      },
    },
  ]
  const headers = {
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'a,b',
    'openai-beta': 'c',
    cookie: 'secret=1',
    'x-forwarded-for': '1.2.3.4',
    authorization: `Bearer ${clientKey}`,
    'x-api-key': clientKey,
  }
  const response = await post('/v1/messages', messageBody, headers)
  expect(response.status).toBe(429)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'retry-after': '3',
    'x-should-retry': 'false',
    'x-ratelimit-remaining-requests': '0',
  })
  expect(response.headers.get('set-cookie')).toBeNull()
  const sent = upstream.requests.at(-1)?.headers
  expect(sent).toMatchObject({ 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' })
  expect(JSON.stringify(sent)).not.toMatch(/secret|1\.2\.3\.4/)
})

test('the SDKs retry what passes, and get the answer', async () => {
  for (const ask of [
    () => openai.chat.completions.create({ ...chatBody, stream: false }),
    () => anthropic.messages.create({ ...messageBody, model: 'gpt-4o', stream: false }),
  ]) {
    answers = [{ status: 429, headers: { 'retry-after-ms': '5' } }, [{ type: 'text', text: 'At last.' }]]
    const before = upstream.requests.length
    expect(JSON.stringify(await ask())).toContain('At last.')
    expect(upstream.requests.length - before).toBe(2)
  }
})

test('a model can be named with its provider', async () => {
  answers = [[{ type: 'text', text: 'Fine.' }]]
  for (const [model, name] of [
    ['openai/gpt-4o', 'gpt-4o'],
    ['anthropic/claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ] as const) {
    for (const ask of [
      () => openai.chat.completions.create({ ...chatBody, model, stream: false }),
      () => anthropic.messages.create({ ...messageBody, model, stream: false }),
    ]) {
      expect(JSON.stringify(await ask())).toContain('Fine.')
      expect(upstream.requests.at(-1)?.body).toMatchObject({ model: name })
    }
  }
})

test('a client that leaves its loop leaves the upstream', async () => {
  answers = [
    [
      { type: 'text', text: 'One ' },
      { type: 'wait', until: new Promise(() => {}) },
    ],
  ]
  for await (const part of await openai.chat.completions.create({ ...chatBody, stream: true })) {
    if (part.choices[0]?.delta.content) break
  }
  await upstream.requests.at(-1)?.whenAborted
  for await (const part of await anthropic.messages.create({ ...messageBody, stream: true })) {
    if (part.type === 'content_block_delta') break
  }
  await upstream.requests.at(-1)?.whenAborted
})
