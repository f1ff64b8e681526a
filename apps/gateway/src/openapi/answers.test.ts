import { expect, test } from 'vitest'
import { createTestApp, framesOf } from '../test-app.ts'
import { chatAnswer, createTestUpstream, jsonAnswer } from '../v1/test-support.ts'
import { sessionEvents, turnEvents } from './event-schema.ts'
import { operations } from './operations.ts'
import { apiErrorSchema } from './resource-schema.ts'
import { chatErrorSchema, messagesErrorSchema } from './v1-schema.ts'

type App = ReturnType<typeof createTestApp>

/** Asks, and holds the answer to what is documented of it: no field is missing, and none is there that is not described. */
const createAsk = (seen: Set<string> = new Set()) => {
  const ask = async (
    app: App,
    id: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const operation = operations.find((one) => one.id === id)
    const {
      status,
      json,
      text,
      headers: got,
    } = await app.call(operation?.method.toUpperCase() ?? '', path, body, headers)
    const answer = operation?.answers[status]
    if (answer === undefined) throw new Error(`${id} answered ${status}, which is not documented: ${text}`)
    seen.add(`${id} ${status}`)
    const type = got.get('content-type') ?? ''
    for (const name of ['x-request-id', ...(answer.headers ?? [])]) {
      if (name !== 'idempotency-replayed' && name !== 'x-gateway-warnings')
        expect(got.get(name), `${id} ${name}`).not.toBeNull()
    }
    if (type.startsWith('text/event-stream')) expect(answer.events, id).toBeDefined()
    else if (answer.text !== undefined) expect(type, id).toContain(answer.text)
    else if (answer.schema === undefined) expect(text, id).toBe('')
    // Objects lose what is not described when they are parsed.
    else expect(answer.schema.parse(json), id).toEqual(json)
    return { json, text }
  }
  return { ask, seen }
}

/** Holds each event to its schema, and gives their names. */
const checkEvents = (text: string): string[] => {
  const schemas = { ...turnEvents, ...sessionEvents }
  return framesOf(text).map(({ event, data }) => {
    const schema = Object.entries(schemas).find(([name]) => name === event)?.[1]
    expect(schema?.parse(data), event).toEqual(data)
    return event
  })
}

const stream = { accept: 'text/event-stream' }
const sent = (content: string) => ({ content })

test('every documented answer outside of /v1 is given, and is as documented', async () => {
  const { ask, seen } = createAsk()
  const app = createTestApp()
  const { json: session } = await ask(app, 'createSession', '/api/sessions', {
    metadata: { a: [1] },
    system: 's',
  })
  const path = `/api/sessions/${session.id}`
  await ask(app, 'listSessions', '/api/sessions?limit=1')
  await ask(app, 'getSession', path)
  await ask(app, 'updateSession', path, { system: null, tools: ['echo'] })
  const { json: done } = await ask(app, 'sendMessage', `${path}/messages`, sent('/tool echo {"a":1}'))
  expect(done.messages.map(({ role }: { role: string }) => role)).toEqual(['assistant', 'tool', 'assistant'])
  await ask(app, 'listMessages', `${path}/messages?limit=2`)
  await ask(app, 'getTurn', `${path}/turns/${done.turn.id}`)
  await ask(app, 'sendMessage', `${path}/messages`, sent('/fail overloaded'))
  const { json: slow } = await ask(app, 'sendMessage', `${path}/messages`, sent('/stall'), {
    prefer: 'respond-async',
  })
  await ask(app, 'cancelTurn', `${path}/turns/${slow.turn.id}/cancel`)
  await ask(app, 'streamSession', `${path}/stream?after=0&turn=${slow.turn.id}`, undefined, stream)
  await ask(app, 'streamSession', `${path}/stream?after=9999&turn=${slow.turn.id}`, undefined, stream)
  await ask(app, 'createStreamToken', `${path}/stream-token`)
  await ask(app, 'forkSession', `${path}/fork`, { after_seq: 1 })
  await ask(app, 'setContextVariable', `${path}/context/x`, { y: [null] })
  await ask(app, 'getContextVariable', `${path}/context/x`)
  await ask(app, 'deleteContextVariable', `${path}/context/x`)
  await ask(app, 'deleteSession', path)
  await ask(app, 'listTools', '/api/tools')
  await ask(app, 'executeTool', '/api/tools/calculator/execute', { input: { operation: 'add', a: 1, b: 2 } })
  for (const { id, path: file } of operations.filter(({ tag }) => tag === 'Server' || tag === 'Chat page')) {
    await ask(app, id, file)
  }
  await ask(createTestApp({ deps: { isReady: () => false } }), 'isReady', '/readyz')
  const expected = operations
    .filter(({ path: route }) => !route.startsWith('/v1/'))
    .flatMap(({ id, answers }) => Object.keys(answers).map((status) => `${id} ${status}`))
  expect([...seen].toSorted()).toEqual(expected.toSorted())
})

test('events of a session are as documented', async () => {
  const app = createTestApp()
  const { ask } = createAsk()
  const path = await app.createSession({ system: 's' })
  await ask(app, 'setContextVariable', `${path}/context/x`, 1)
  await ask(app, 'deleteContextVariable', `${path}/context/x`)
  await ask(app, 'updateSession', path, { system: null })
  await ask(app, 'sendMessage', `${path}/messages`, sent('/tool echo {"a":1}'))
  await ask(app, 'sendMessage', `${path}/messages`, sent('/fail overloaded'))
  const { json } = await ask(app, 'sendMessage', `${path}/messages`, sent('/stall'), {
    prefer: 'respond-async',
  })
  await ask(app, 'cancelTurn', `${path}/turns/${json.turn.id}/cancel`)
  // The session's own stream does not end by itself, but for its deletion or the end of the server.
  const open = app.call('GET', `${path}/stream?after=0`)
  await new Promise(setImmediate)
  app.close()
  const names = new Set(checkEvents((await open).text))
  // Missing: what only another process, a clock or a deletion brings about.
  expect([...names].toSorted()).toEqual(
    Object.keys({ ...turnEvents, ...sessionEvents })
      .filter((name) => !['session.deleted', 'session.expired', 'turn.interrupted'].includes(name))
      .toSorted(),
  )
})

test('answers under /v1 have what is described of them, in a relay and translated', async () => {
  const { ask, seen } = createAsk()
  const { providers } = createTestUpstream(({ url }) =>
    jsonAnswer(url.endsWith('/embeddings') ? { object: 'list', data: [{ embedding: [1] }] } : chatAnswer),
  )
  const relay = createTestApp({ providers })
  const mock = createTestApp()
  const messages = [{ role: 'user', content: 'Hello' }]
  for (const [app, model] of [
    [relay, 'gpt-4.1'],
    [mock, 'mock'],
  ] as const) {
    await ask(app, 'createChatCompletion', '/v1/chat/completions', { model, messages })
    await ask(app, 'createMessage', '/v1/messages', { model, messages, max_tokens: 9 })
    await ask(app, 'countTokens', '/v1/messages/count_tokens', { model, messages })
    await ask(app, 'getModel', `/v1/models/${model}`)
    await ask(app, 'getModel', `/v1/models/${model}`, undefined, { 'anthropic-version': '2023-06-01' })
    await ask(app, 'listModels', '/v1/models')
    await ask(app, 'listModels', '/v1/models?limit=3', undefined, { 'anthropic-version': '2023-06-01' })
  }
  await ask(relay, 'createEmbeddings', '/v1/embeddings', {
    model: 'openai/text-embedding-3-small',
    input: 'a',
  })
  const expected = operations.filter(({ path }) => path.startsWith('/v1/')).map(({ id }) => `${id} 200`)
  expect([...seen].toSorted()).toEqual(expected.toSorted())
})

test('events under /v1 have what is described of them', async () => {
  const { call } = createTestApp()
  const messages = [{ role: 'user', content: 'Hello' }]
  for (const [id, body] of [
    [
      'createChatCompletion',
      { model: 'mock', messages, stream: true, stream_options: { include_usage: true } },
    ],
    ['createMessage', { model: 'mock', messages, max_tokens: 9, stream: true }],
  ] as const) {
    const operation = operations.find((one) => one.id === id)
    const { text } = await call('POST', operation?.path ?? '', body)
    const frames = framesOf(text.replace('data: [DONE]\n\n', ''))
    expect(frames.length, id).toBeGreaterThan(3)
    for (const { event, data } of frames) {
      const schema = operation?.answers[200]?.events?.[event || 'message']
      expect(schema?.safeParse(data).success, `${id} ${event} ${JSON.stringify(data)}`).toBe(true)
    }
  }
})

test('errors have the documented shape of whoever is asked', async () => {
  const { call, createSession } = createTestApp({ keys: { key: 'acme' } })
  const key = { authorization: 'Bearer key' }
  const path = await createSession({}, key)
  const { json } = await call('POST', `${path}/messages`, sent('/stall'), { ...key, prefer: 'respond-async' })
  for (const [status, answer] of [
    [401, await call('GET', '/api/sessions')],
    [404, await call('GET', '/api/sessions/sess_1', undefined, key)],
    [400, await call('POST', '/api/sessions', { modle: 'x' }, key)],
    [409, await call('POST', `${path}/messages`, sent('a'), key)],
    [415, await call('POST', '/api/sessions', '{}', { ...key, 'content-type': 'text/plain' })],
  ] as const) {
    expect(answer.status).toBe(status)
    expect(apiErrorSchema.parse(answer.json)).toEqual(answer.json)
  }
  await call('POST', `${path}/turns/${json.turn.id}/cancel`, undefined, key)
  const chat = await call('POST', '/v1/chat/completions', { model: 'nobody-has-it', messages: [] }, key)
  expect(chatErrorSchema.safeParse(chat.json).success).toBe(true)
  const other = await call('POST', '/v1/messages', { model: 'nobody-has-it', messages: [] }, key)
  expect(messagesErrorSchema.safeParse(other.json).success).toBe(true)
})
