import fc from 'fast-check'
import { expect, test } from 'vitest'
import { danglingToolUses } from '../history.ts'
import { createSessionManager } from '../manager.ts'
import type { EventInput } from '../manager-types.ts'
import { createMemoryStore } from '../memory-store.ts'
import { codeOf, sequence, start } from '../testing/helpers.ts'
import type { SessionBlock, SessionMessage } from '../types.ts'

type Event = EventInput<SessionMessage>

const usage = { inputTokens: 7, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
const message = (id: string, role: string, content: string | SessionBlock[]): Event => ({
  type: 'message',
  turnId: 't1',
  data: { messageId: id, message: { role, content } },
})
const delta: Event = {
  type: 'delta',
  turnId: 't1',
  data: { messageId: 'm2', step: 0, index: 0, kind: 'text', text: 'x' },
}

/** Seqs: 1 created, 2 context, 3 started, 4 user, 5 delta, 6 uses, 7 result of a, 8 result of b, 9 answer, 10 end. */
const log: Event[] = [
  { type: 'context.set', data: { key: 'k', value: 1 } },
  { type: 'turn.started', turnId: 't1', data: { model: 'mock' } },
  message('m1', 'user', 'go'),
  delta,
  message('m2', 'assistant', [
    { type: 'tool-use', id: 'a' },
    { type: 'tool-use', id: 'b' },
  ]),
  message('m3', 'tool', [{ type: 'tool-result', toolUseId: 'a' }]),
  message('m4', 'tool', [{ type: 'tool-result', toolUseId: 'b' }]),
  message('m5', 'assistant', 'done'),
  { type: 'turn.completed', turnId: 't1', data: { usage, steps: 2, stopReason: 'end-turn' } },
]

const make = async () => {
  const manager = createSessionManager({
    store: createMemoryStore({ now: () => start }),
    now: () => start,
    generateId: sequence(),
  })
  const { key } = await manager.create({
    tenant: 'acme',
    model: 'mock',
    system: 's',
    tools: ['echo'],
    metadata: { a: 1 },
    ttlMs: 5000,
  })
  await manager.append(key, log)
  return { manager, key }
}

test('a fork of all has the same history under a new id, and has used nothing', async () => {
  const { manager, key } = await make()
  const source = await manager.get(key)
  const fork = await manager.fork(key)
  expect(fork?.key).toEqual({ tenant: 'acme', id: 'sess_id2' })
  expect(fork).toMatchObject({ model: 'mock', system: 's', tools: ['echo'], metadata: { a: 1 }, ttlMs: 5000 })
  const ids = (messages: typeof source) =>
    messages?.messages.map(({ id, turnId, message: m }) => ({ id, turnId, m }))
  expect(ids(fork)).toEqual(ids(source))
  expect(fork?.context).toEqual(source?.context)
  expect(fork?.turns.get('t1')?.status).toBe('completed')
  expect([fork?.usage.inputTokens, source?.usage.inputTokens]).toEqual([0, 7])
  const events = (fork && (await manager.read(fork.key))) ?? []
  // Gap-free although the delta was left out.
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(events[0]?.data).toMatchObject({ forkOf: key.id, inheritedSeq: 9 })
})

test('a fork goes its own way, and counts from there', async () => {
  const { manager, key } = await make()
  const fork = await manager.fork(key)
  if (fork === undefined) throw new Error('no fork')
  await manager.append(fork.key, [
    { type: 'turn.started', turnId: 't2', data: { model: 'mock' } },
    { type: 'turn.completed', turnId: 't2', data: { usage, steps: 1, stopReason: 'end-turn' } },
  ])
  await manager.setContext(key, 'k', 2)
  const later = await manager.get(fork.key)
  expect([later?.usage.inputTokens, later?.context.get('k')]).toEqual([7, 1])
  expect((await manager.get(key))?.turns.has('t2')).toBe(false)
  const again = await manager.fork(fork.key)
  expect([again?.usage.inputTokens, again?.turns.size]).toEqual([0, 2])
})

test('a fork lives as long as the session did at the cut', async () => {
  const { manager, key } = await make()
  await manager.update(key, { ttlMs: 9000 })
  expect(await manager.fork(key)).toMatchObject({ ttlMs: 9000, expiresAt: start + 9000 })
  expect(await manager.fork(key, { afterSeq: 10 })).toMatchObject({ ttlMs: 5000, expiresAt: start + 5000 })
})

test('a turn that the cut goes through ends interrupted, and its tool uses get results', async () => {
  const { manager, key } = await make()
  const fork = await manager.fork(key, { afterSeq: 7 })
  expect(fork?.messages.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'msg_id2'])
  expect(fork?.messages[3]).toMatchObject({
    turnId: 't1',
    message: { role: 'tool', content: [{ type: 'tool-result', toolUseId: 'b', isError: true }] },
  })
  expect(fork?.turns.get('t1')).toMatchObject({ status: 'interrupted', steps: 1, usage: { inputTokens: 0 } })
  expect(fork?.runningTurn).toBe(undefined)
  expect(await manager.unfinished()).toEqual([])
})

test('wherever it is cut, a fork is legal, whole and at rest', async () => {
  const { manager, key } = await make()
  const source = (await manager.read(key, { exclude: ['delta'] })) ?? []
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10 }), async (afterSeq) => {
      const fork = await manager.fork(key, { afterSeq })
      const messages = fork?.messages.map((stored) => stored.message) ?? []
      expect(danglingToolUses(messages)).toEqual([])
      expect(fork?.runningTurn).toBe(undefined)
      const copied = source
        .filter(({ seq, type }) => seq <= afterSeq && type === 'message')
        .map(({ data }) => data.message)
      expect(messages.slice(0, copied.length)).toEqual(copied)
    }),
  )
})

test('a session cannot be forked at a seq that it does not have', async () => {
  const { manager, key } = await make()
  for (const afterSeq of [0, -1, 11, 1.5, Number.NaN]) {
    expect(await codeOf(manager.fork(key, { afterSeq }))).toBe('invalid')
  }
  expect((await manager.fork(key, { afterSeq: 1 }))?.messages).toEqual([])
})

test('a session that ends with a delta can be forked at its end', async () => {
  const { manager, key } = await make()
  await manager.append(key, [delta])
  expect((await manager.fork(key, { afterSeq: 11 }))?.messages.length).toBe(5)
})
