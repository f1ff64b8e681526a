import { afterEach, expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { chatAnswer, createTestUpstream, jsonAnswer } from '../v1/test-support.ts'
import type { FrontLimits } from './connection.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const far = 60_000

/** All of `/v1` behind a front with limits that are soon reached. */
const start = async (limits: Partial<FrontLimits>) => {
  const { promise: isAllowed, resolve: allow } = Promise.withResolvers<void>()
  const { providers } = createTestUpstream(async ({ text }) => {
    if (text.includes('slow')) await isAllowed
    return jsonAnswer({ padding: text.includes('large') ? 'x'.repeat(24 * 1024 * 1024) : '', ...chatAnswer })
  })
  const { v1, lines } = createTestApp({ providers })
  const front = await startFront((exchange) => v1.handle(exchange), {
    limits: { headersTimeout: far, requestTimeout: far, keepAliveTimeout: far, ...limits },
    lookEveryMs: 5,
  })
  open.push(front.close)
  return { ...front, v1, lines, allow }
}

const chat = (word = 'hi') =>
  JSON.stringify({ model: 'gpt-4.1', max_tokens: 5, messages: [{ role: 'user', content: word }] })
const ask = (word?: string, path = '/v1/chat/completions') =>
  post(chat(word), path, 'content-type: application/json\r\n')

test.each([
  ['/v1/chat/completions', { error: { type: 'invalid_request_error', code: 'request_timeout' } }],
  ['/v1/messages', { type: 'error', error: { type: 'timeout_error' } }],
  ['/v1/nothing', { error: { code: expect.any(String) } }],
])(
  'a request to %s that takes too long to arrive is refused in the form of its contract',
  async (path, body) => {
    const { port, v1, seen } = await start({ requestTimeout: 20 })
    const { socket, text, ended } = await dial(port)
    socket.write(ask('hi', path).slice(0, -1))
    await ended()
    const [answer, ...more] = answersOf(text())
    expect(more).toEqual([])
    expect(answer?.status).toBe(path === '/v1/nothing' ? 404 : 408)
    expect(answer?.head).toContain('connection: close')
    expect(JSON.parse(answer?.body ?? '')).toMatchObject(body)
    await until(() => v1.running() === 0)
    expect(seen).toEqual({ taken: 1, done: 1, byNode: [] })
  },
)

test('what comes of a request after its time is not kept', async () => {
  const { port, seen } = await startFront(() => {}, {
    limits: { headersTimeout: far, requestTimeout: 10, keepAliveTimeout: far },
    lookEveryMs: 5,
  }).then((front) => {
    open.push(front.close)
    return front
  })
  const { socket } = await dial(port)
  socket.write(post('x'.repeat(100)).slice(0, -50))
  await settle(30)
  socket.write(`${'x'.repeat(50)}${post('next')}`)
  await settle()
  expect(seen).toEqual({ taken: 1, done: 0, byNode: [] })
})

test('an answer may take as long as it takes, whatever the limits', async () => {
  const { port, allow, seen } = await start({ requestTimeout: 5 })
  const { socket, read } = await dial(port)
  socket.write(ask('slow'))
  await until(() => seen.taken === 1)
  await settle(30)
  expect(seen.done).toBe(0)
  allow()
  await read('total_tokens')
})

test('a connection on which nothing is asked ends', async () => {
  const { port, seen } = await start({ headersTimeout: 20 })
  const { ended, text } = await dial(port)
  await ended()
  expect([text(), seen.taken]).toEqual(['', 0])
})

test('a connection that was used has longer until it is used again', async () => {
  const { port, seen } = await start({ headersTimeout: 600 })
  const { socket, read } = await dial(port)
  const other = await dial(port)
  socket.write(ask())
  await read('total_tokens')
  await other.ended()
  socket.write(ask())
  await read('total_tokens', 2)
  expect(seen.done).toBe(2)
})

test('a connection that is not used any more ends', async () => {
  const { port, seen } = await start({ keepAliveTimeout: 0 })
  const { socket, ended, text } = await dial(port)
  socket.write(ask())
  await ended()
  expect(answersOf(text()).map(({ status }) => status)).toEqual([200])
  expect(seen.done).toBe(1)
})

test('a client that still reads its last answer is not taken for idle', async () => {
  const { port, seen } = await start({ keepAliveTimeout: 0 })
  const reader = await dial(port)
  const idle = await dial(port)
  reader.socket.pause()
  reader.socket.write(ask('large'))
  await until(() => seen.taken === 1)
  idle.socket.write(ask())
  await idle.ended()
  // As long again: the other one would have been ended by now.
  const second = await dial(port)
  second.socket.write(ask())
  await second.ended()
  reader.socket.resume()
  await reader.read('total_tokens')
  expect(answersOf(reader.text())[0]?.body.length).toBeGreaterThan(24 * 1024 * 1024)
})
