import type { Message } from '@gateway/provider'
import { createMemoryStore, createSessionManager, type EventInput } from '@gateway/session'
import { expect, test } from 'vitest'
import { createAgent } from './agent.ts'
import { violations } from './invariants.ts'
import { createFixture } from './test-support.ts'

const usage = { inputTokens: 7, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

/** The log of a process that died here, and an agent of the next process over the same store. */
const afterCrash = async (events: EventInput<Message>[]) => {
  const fixture = await createFixture({ script: [{ text: 'Back again.' }] })
  const { sessions, key, store } = fixture
  const started: EventInput<Message>[] = [
    { type: 'turn.started', data: { model: 'mock' } },
    { type: 'message', data: { messageId: 'msg_u', message: { role: 'user', content: 'go' } } },
  ]
  await sessions.append(
    key,
    [...started, ...events].map((event) => ({ ...event, turnId: 'turn_dead' })),
  )
  const agent = createAgent({ ...fixture.agentOptions, sessions: createSessionManager<Message>({ store }) })
  return { ...fixture, agent }
}

const toolUse = (id: string) => ({ type: 'tool-use' as const, id, name: 'echo', input: { message: 'x' } })
const assistant: EventInput<Message> = {
  type: 'message',
  data: {
    messageId: 'msg_a',
    message: { role: 'assistant', content: [toolUse('call_1'), toolUse('call_2')] },
    usage,
    model: 'mock',
    provider: 'mock',
  },
}
const delta = (index: number, kind: 'text' | 'tool_input', text: string): EventInput<Message> => ({
  type: 'delta',
  data: { messageId: 'msg_b', step: 1, index, kind, text },
})

test('a turn that a crash cut becomes interrupted, once, and the session goes on', async () => {
  const { agent, sessions, key, store } = await afterCrash([])
  expect(await agent.recover()).toBe(1)
  expect(await agent.recover()).toBe(0)
  expect((await sessions.get(key))?.turns.get('turn_dead')).toMatchObject({ status: 'interrupted' })
  const next = await agent.startTurn({ key, content: 'hello?' })
  if (next.status !== 'started') throw new Error(next.status)
  expect(await agent.waitForTurn(key, next.turnId)).toMatchObject({ status: 'completed' })
  expect(await violations(store, key)).toEqual([])
})

test('what had been streamed is kept as a partial message, without the tool call that was cut', async () => {
  const deltas = [delta(0, 'text', 'Half an '), delta(0, 'text', 'answ'), delta(1, 'tool_input', '{"me')]
  const { agent, sessions, key, store } = await afterCrash(deltas)
  await agent.recover()
  const last = (await sessions.get(key))?.messages.at(-1)
  expect(last).toMatchObject({
    id: 'msg_b',
    partial: true,
    message: { content: [{ type: 'text', text: 'Half an answ' }] },
  })
  expect((await store.ledger('acme', { limit: 1 })).rows).toMatchObject([
    { id: 'turn_dead', estimated: true },
  ])
})

test('a call whose outcome nobody knows is not run again: its result says so', async () => {
  const started: EventInput<Message> = {
    type: 'tool.started',
    data: { toolUseId: 'call_1', name: 'echo', input: {}, messageId: 'msg_a' },
  }
  const { agent, key, store, messages, types, sessions } = await afterCrash([assistant, started])
  await agent.recover()
  expect((await messages()).at(-1)?.content).toMatchObject([
    { toolUseId: 'call_1', isError: true, content: expect.stringContaining('unknown') },
    { toolUseId: 'call_2', isError: true, content: expect.stringContaining('not run') },
  ])
  expect((await types()).filter((type) => type === 'tool.started')).toHaveLength(1)
  // The step that was whole had its usage in the log.
  expect((await sessions.get(key))?.turns.get('turn_dead')).toMatchObject({ usage, steps: 1 })
  expect(await violations(store, key)).toEqual([])
})

test('a turn that another owner still runs is left alone', async () => {
  const store = createMemoryStore()
  const first = await createFixture({ script: [{ text: 'a b', breaks: 'stall' }], store })
  const started = await first.agent.startTurn({ key: first.key, content: 'go' })
  if (started.status !== 'started') throw new Error(started.status)
  const second = createAgent(first.agentOptions)
  expect(await second.recover()).toBe(0)
  expect(await second.startTurn({ key: first.key, content: 'me too' })).toEqual({
    status: 'busy',
    turnId: started.turnId,
  })
  const waiting = second.waitForTurn(first.key, started.turnId)
  await first.agent.cancel(first.key, started.turnId)
  // The other process hears of the end through the log.
  expect(await waiting).toMatchObject({ status: 'cancelled' })
  expect(await violations(store, first.key)).toEqual([])
})
