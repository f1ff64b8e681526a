import { createToolRegistry } from '@gateway/tool'
import { expect, test } from 'vitest'
import { violations } from './invariants.ts'
import { createFixture, createGatedTool } from './test-support.ts'

/** Waits for an event of a type in the live log. */
const until = async (fixture: Awaited<ReturnType<typeof createFixture>>, type: string): Promise<void> => {
  const stop = new AbortController()
  for await (const event of fixture.sessions.tail(fixture.key, { after: 0, signal: stop.signal })) {
    if (event.type === type) break
  }
  stop.abort()
}

test('cancel ends the turn at once, aborts the model and keeps what was streamed', async () => {
  const fixture = await createFixture({
    script: [{ text: 'one two three', breaks: 'stall' }, { text: 'Next.' }],
  })
  const { agent, key, messages, store, say } = fixture
  const started = await agent.startTurn({ key, content: 'go' })
  if (started.status !== 'started') throw new Error(started.status)
  await until(fixture, 'delta')
  expect(await agent.cancel(key, started.turnId)).toMatchObject({ status: 'cancelled' })
  expect((await messages()).at(-1)).toMatchObject({
    role: 'assistant',
    content: [{ type: 'text', text: 'one ' }],
  })
  expect((await fixture.sessions.get(key))?.messages.at(-1)?.partial).toBe(true)
  // Cancelling twice is no fault, and the session is free again.
  expect(await agent.cancel(key, started.turnId)).toMatchObject({ status: 'cancelled' })
  expect(await say('and now?')).toMatchObject({ status: 'completed' })
  expect(await violations(store, key)).toEqual([])
})

test('cancel while tools run aborts them and gives every call a result', async () => {
  const gate = createGatedTool()
  const tools = createToolRegistry()
  tools.register(gate.tool)
  const toolUses = [
    { name: 'gate', input: {} },
    { name: 'gate', input: {} },
  ]
  const fixture = await createFixture({
    script: [{ toolUses }],
    tools,
    agent: { limits: { maxParallelTools: 1 } },
  })
  const { agent, key, store, types } = fixture
  const started = await agent.startTurn({ key, content: 'go' })
  if (started.status !== 'started') throw new Error(started.status)
  await gate.entered
  expect(await agent.cancel(key, started.turnId)).toMatchObject({ status: 'cancelled' })
  expect((await types()).filter((type) => type === 'tool.started')).toHaveLength(1)
  expect(await violations(store, key)).toEqual([])
})

test('cancelling an unknown turn, or one of an unknown session, finds nothing', async () => {
  const { agent, key } = await createFixture()
  expect(await agent.cancel(key, 'turn_none')).toBeUndefined()
  expect(await agent.cancel({ tenant: 'other', id: key.id }, 'turn_none')).toBeUndefined()
})

test('a turn that takes longer than it may fails, and says so', async () => {
  const { say, store, key } = await createFixture({
    script: [{ text: 'slow', breaks: 'stall' }],
    agent: { limits: { totalMs: 5 } },
  })
  expect(await say('go')).toMatchObject({ status: 'failed', error: { code: 'turn_timeout' } })
  expect(await violations(store, key)).toEqual([])
})

test('deleting the session ends its turn without a word', async () => {
  const fixture = await createFixture({ script: [{ text: 'a b', breaks: 'stall' }] })
  const { agent, sessions, key, reports } = fixture
  await agent.startTurn({ key, content: 'go' })
  await until(fixture, 'delta')
  await agent.cancelRunning(key)
  expect(await sessions.delete(key)).toBe(true)
  expect(agent.running()).toBe(0)
  expect(reports).toMatchObject([{ turn: { status: 'cancelled' } }])
  expect(await agent.startTurn({ key, content: 'again' })).toEqual({ status: 'missing' })
})

test('draining starts no turns, lets those that run end, and interrupts the rest', async () => {
  const fixture = await createFixture({ script: [{ text: 'a b', breaks: 'stall' }] })
  const { agent, sessions, key, store } = fixture
  const started = await agent.startTurn({ key, content: 'go' })
  if (started.status !== 'started') throw new Error(started.status)
  await until(fixture, 'delta')
  const drained = agent.drain(5)
  await expect(agent.startTurn({ key, content: 'late' })).rejects.toMatchObject({ code: 'shutting-down' })
  await drained
  expect((await sessions.get(key))?.turns.get(started.turnId)).toMatchObject({ status: 'interrupted' })
  expect(await violations(store, key)).toEqual([])

  const idle = await createFixture({ script: [{ text: 'quick' }] })
  const quick = await idle.agent.startTurn({ key: idle.key, content: 'go' })
  await idle.agent.drain(60_000)
  if (quick.status !== 'started') throw new Error(quick.status)
  expect((await idle.sessions.get(idle.key))?.turns.get(quick.turnId)).toMatchObject({ status: 'completed' })
})
