import { expect, test } from 'vitest'
import { violations } from './invariants.ts'
import { createFixture } from './test-support.ts'

const stalled = [{ text: 'a b', breaks: 'stall' as const }]

test('a second turn while one runs is refused, and names the one that runs', async () => {
  const { agent, key } = await createFixture({ script: stalled })
  const first = await agent.startTurn({ key, content: 'one' })
  if (first.status !== 'started') throw new Error(first.status)
  expect(await agent.startTurn({ key, content: 'two' })).toEqual({ status: 'busy', turnId: first.turnId })
  await agent.cancel(key, first.turnId)
})

test('of many requests at the same time exactly one starts a turn', async () => {
  const { agent, key, store } = await createFixture({ script: stalled })
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) => agent.startTurn({ key, content: `${n}` })),
  )
  expect(results.filter((result) => result.status === 'started')).toHaveLength(1)
  expect(results.filter((result) => result.status === 'busy')).toHaveLength(19)
  await agent.cancelRunning(key)
  expect(await violations(store, key)).toEqual([])
})

test('a repeated idempotency key attaches to the running and to the finished turn', async () => {
  const { agent, key, sessions } = await createFixture({ script: [{ text: 'done' }] })
  const request = { key, content: 'pay', idempotency: { key: 'k1', bodyHash: 'h1' } }
  const twins = await Promise.all([
    agent.startTurn(request),
    agent.startTurn(request),
    agent.startTurn(request),
  ])
  const [first] = twins
  if (first?.status !== 'started') throw new Error(first?.status)
  const attached = { status: 'attached', turnId: first.turnId, afterSeq: first.afterSeq }
  expect(twins.slice(1)).toEqual([attached, attached])
  await agent.waitForTurn(key, first.turnId)
  expect(await agent.startTurn(request)).toEqual(attached)
  const other = { ...request, idempotency: { key: 'k1', bodyHash: 'h2' } }
  expect(await agent.startTurn(other)).toEqual({ status: 'mismatch', turnId: first.turnId })
  expect((await sessions.get(key))?.messages).toHaveLength(2)
})

test('a model that nobody serves is refused before anything is written', async () => {
  const { agent, key, types } = await createFixture()
  await expect(agent.startTurn({ key, content: 'hi', model: 'gpt-9' })).rejects.toMatchObject({
    code: 'not-found',
  })
  expect(await types()).toEqual(['session.created'])
  expect(agent.running()).toBe(0)
})

test('a session of another tenant, or of nobody, is missing', async () => {
  const { agent, key } = await createFixture()
  expect(await agent.startTurn({ key: { ...key, tenant: 'other' }, content: 'hi' })).toEqual({
    status: 'missing',
  })
  expect(await agent.startTurn({ key: { ...key, id: 'sess_none' }, content: 'hi' })).toEqual({
    status: 'missing',
  })
})

test('waiting for a turn ends with the signal, and leaves the turn running', async () => {
  const { agent, key } = await createFixture({ script: stalled })
  const started = await agent.startTurn({ key, content: 'one' })
  if (started.status !== 'started') throw new Error(started.status)
  const gone = new AbortController()
  const waiting = agent.waitForTurn(key, started.turnId, gone.signal)
  gone.abort(new Error('client left'))
  await expect(waiting).rejects.toThrow('client left')
  expect(agent.running('acme')).toBe(1)
  expect(agent.running('other')).toBe(0)
  await agent.cancelRunning(key)
})

test('the next message can be sent as soon as the terminal event is seen', async () => {
  const { agent, key, sessions, store } = await createFixture({ script: [{ text: 'ok' }] })
  const stop = new AbortController()
  let sent = 0
  const started = await agent.startTurn({ key, content: 'start' })
  expect(started.status).toBe('started')
  for await (const event of sessions.tail(key, { after: 0, signal: stop.signal })) {
    if (event.type !== 'turn.completed') continue
    if (++sent > 20) break
    expect(await agent.startTurn({ key, content: `next ${sent}` })).toMatchObject({ status: 'started' })
  }
  stop.abort()
  await agent.cancelRunning(key)
  expect(await violations(store, key)).toEqual([])
})
