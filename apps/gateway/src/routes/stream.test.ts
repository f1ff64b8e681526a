import { expect, test } from 'vitest'
import { createTestApp, type Frame, framesOf } from '../test-app.ts'

/** Reads a live stream frame by frame. */
const open = async (
  app: ReturnType<typeof createTestApp>['app'],
  path: string,
  headers: Record<string, string> = {},
) => {
  const response = await app.request(`http://127.0.0.1${path}`, {
    headers: { host: '127.0.0.1', ...headers },
  })
  if (response.body === null || response.status !== 200)
    throw new Error(`${response.status}: ${await response.text()}`)
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const read = async (): Promise<boolean> => {
    const { done, value } = await reader.read()
    if (!done) text += decoder.decode(value, { stream: true })
    return !done
  }
  return {
    /** Reads until a frame fits, and gives all frames up to it. */
    async until(fits: (frame: Frame) => boolean): Promise<Frame[]> {
      for (;;) {
        const whole = text.slice(0, Math.max(0, text.lastIndexOf('\n\n')))
        const frames = framesOf(whole)
        const at = frames.findIndex(fits)
        if (at >= 0) return frames.slice(0, at + 1)
        if (!(await read())) throw new Error(`The stream ended: ${text}`)
      }
    },
    async rest(): Promise<Frame[]> {
      while (await read());
      return framesOf(text)
    },
    text: () => text,
    read,
    leave: () => reader.cancel(),
  }
}

const isEnd = (frame: Frame) => frame.event.startsWith('turn.') && frame.event !== 'turn.started'

test('the stream delivers a turn while it runs, with growing ids', async () => {
  const { app, call, createSession } = createTestApp()
  const path = await createSession()
  const stream = await open(app, `${path}/stream`)
  await stream.read()
  const { turn } = (
    await call('POST', `${path}/messages`, { content: '/stall\n/say one two' }, { prefer: 'respond-async' })
  ).json
  const frames = await stream.until((frame) => frame.event === 'delta')
  expect(frames.map((frame) => frame.event)).toEqual(['turn.started', 'message', 'delta'])
  expect((await call('GET', `${path}/turns/${turn.id}`)).json.status).toBe('running')
  await call('POST', `${path}/turns/${turn.id}/cancel`)
  const all = await stream.until(isEnd)
  expect(all.at(-1)).toMatchObject({ event: 'turn.cancelled', data: { turn_id: turn.id } })
  expect(all.map((frame) => frame.id)).toEqual(all.map((_, at) => (all[0]?.id ?? 0) + at))
  await stream.leave()
})

test('a client that comes late gets the running turn from its start, and two clients see the same', async () => {
  const { app, call, createSession } = createTestApp()
  const path = await createSession()
  await call('POST', `${path}/messages`, { content: 'before' })
  await call('POST', `${path}/messages`, { content: '/stall\n/say one two' }, { prefer: 'respond-async' })
  const first = await open(app, `${path}/stream`)
  const second = await open(app, `${path}/stream`)
  const seen = await first.until((frame) => frame.event === 'delta')
  expect(seen[0]?.event).toBe('turn.started')
  expect(await second.until((frame) => frame.event === 'delta')).toEqual(seen)
  await first.leave()
  // One who leaves stops nothing for the other.
  await call('POST', `${path}/turns/${seen[0]?.data.turn_id}/cancel`)
  expect((await second.until(isEnd)).at(-1)?.event).toBe('turn.cancelled')
  await second.leave()
})

test('the pieces read over any number of reconnects are the log', async () => {
  const { app, call, createSession } = createTestApp()
  const path = await createSession()
  const sent = await call('POST', `${path}/messages`, { content: '/chunks 7\n/say abcdefghijkl' })
  const whole = await (await open(app, `${path}/stream?turn=${sent.json.turn.id}`)).rest()
  expect(whole.at(-1)?.event).toBe('turn.completed')
  for (let cut = 0; cut < whole.length - 1; cut += 1) {
    const last = whole[cut]?.id ?? 0
    const headers = { 'last-event-id': String(last) }
    const rest = await (await open(app, `${path}/stream?turn=${sent.json.turn.id}`, headers)).rest()
    expect([...whole.slice(0, cut + 1), ...rest]).toEqual(whole)
  }
  // Behind the end there is nothing to wait for: 204 tells an EventSource to stop.
  const behind = { 'last-event-id': String(whole.at(-1)?.id) }
  const done = await call('GET', `${path}/stream?turn=${sent.json.turn.id}`, undefined, behind)
  expect(done).toMatchObject({ status: 204, text: '' })
})

test('Last-Event-ID wins over ?after=, and 0 is the beginning', async () => {
  const { app, call, createSession } = createTestApp()
  const path = await createSession()
  await call('POST', `${path}/messages`, { content: 'hello' })
  const fromStart = await open(app, `${path}/stream?after=0`)
  expect((await fromStart.until(isEnd))[0]).toMatchObject({ id: 1, event: 'session.created' })
  const resumed = await open(app, `${path}/stream?after=0`, { 'last-event-id': '3' })
  expect((await resumed.until(isEnd))[0]?.id).toBe(4)
  await fromStart.leave()
  await resumed.leave()
})

test.each(['abc', '-1', '1.5', '99999999999999999999', '1 2'])(
  'a Last-Event-ID of %s is refused',
  async (id) => {
    const { call, createSession } = createTestApp()
    const path = await createSession()
    expect((await call('GET', `${path}/stream`, undefined, { 'last-event-id': id })).status).toBe(400)
    expect((await call('GET', `${path}/stream?after=${encodeURIComponent(id)}`)).status).toBe(400)
  },
)

test('the stream of a deleted session ends, after its turn did', async () => {
  const { app, call, createSession } = createTestApp()
  const path = await createSession()
  await call('POST', `${path}/messages`, { content: '/stall\n/say one two' }, { prefer: 'respond-async' })
  const stream = await open(app, `${path}/stream`)
  await stream.until((frame) => frame.event === 'delta')
  await call('DELETE', path)
  expect((await stream.rest()).map((frame) => frame.event).slice(-2)).toEqual([
    'turn.cancelled',
    'session.deleted',
  ])
})

test('the first thing on a stream is a comment, and heartbeats follow while it is silent', async () => {
  const { app, createSession } = createTestApp({ deps: { keepAliveMs: 1 } })
  const stream = await open(app, `${await createSession()}/stream`)
  while (stream.text().split('\n:').length < 3) await stream.read()
  expect(stream.text()).toMatch(/^: [a-z-]+\n(: [a-z-]+\n)+$/)
  await stream.leave()
})

test('what is in the log when the server closes is still delivered', async () => {
  const { app, call, createSession, close } = createTestApp()
  const path = await createSession()
  const stream = await open(app, `${path}/stream`)
  await stream.read()
  await call('POST', `${path}/messages`, { content: 'hello' })
  close()
  expect((await stream.rest()).at(-1)?.event).toBe('turn.completed')
})

test('open streams end when the server closes', async () => {
  const { app, createSession, close } = createTestApp()
  const stream = await open(app, `${await createSession()}/stream`)
  await stream.read()
  close()
  expect(await stream.rest()).toEqual([])
})

test('a session has at most 16 streams at a time', async () => {
  const { app, call, createSession } = createTestApp()
  const path = await createSession()
  const streams = await Promise.all(Array.from({ length: 16 }, () => open(app, `${path}/stream`)))
  await Promise.all(streams.map((stream) => stream.read()))
  const refused = await call('GET', `${path}/stream`)
  expect(refused).toMatchObject({ status: 503, json: { error: { code: 'too_many_streams' } } })
  expect(refused.headers.get('retry-after')).toBe('1')
  // Whoever is told 503 sends the message again, so it must not have been taken.
  const events = { accept: 'text/event-stream' }
  expect((await call('POST', `${path}/messages`, { content: 'x' }, events)).status).toBe(503)
  expect((await call('GET', `${path}/messages`)).json.data).toEqual([])
  await streams[0]?.leave()
  // A seat that was taken for a request which then failed is free again.
  expect((await call('POST', `${path}/messages`, { content: 'x', model: 'none' }, events)).status).toBe(404)
  const again = await open(app, `${path}/stream`)
  for (const stream of [...streams.slice(1), again]) await stream.leave()
})

test('a turn whose starting request is gone is cancelled only if it asked for it and nobody else watches', async () => {
  const { app, call, createSession, agent } = createTestApp()
  const send = async (path: string, on_disconnect: string) => {
    const leaving = new AbortController()
    const request = new Request(`http://127.0.0.1${path}/messages`, {
      method: 'POST',
      headers: { host: '127.0.0.1', 'content-type': 'application/json' },
      body: JSON.stringify({ content: '/stall\n/say one two', on_disconnect }),
      signal: leaving.signal,
    })
    const answer = Promise.resolve(app.request(request))
    const watcher = await open(app, `${path}/stream?after=0`)
    const frames = await watcher.until((frame) => frame.event === 'delta')
    return { leave: () => leaving.abort(), answer, watcher, turnId: String(frames.at(-1)?.data.turn_id) }
  }
  const finish = await send(await createSession(), 'finish')
  finish.leave()
  await finish.answer
  await finish.watcher.leave()
  expect(agent.running()).toBe(1)

  const path = await createSession()
  const cancel = await send(path, 'cancel')
  cancel.leave()
  await cancel.answer
  expect((await call('GET', `${path}/turns/${cancel.turnId}`)).json.status).toBe('running')
  await cancel.watcher.leave()
  const key = { tenant: 'default', id: path.split('/').at(-1) ?? '' }
  expect(await agent.waitForTurn(key, cancel.turnId)).toMatchObject({ status: 'cancelled' })
})
