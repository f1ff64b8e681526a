import { expect, test } from 'vitest'
import { createSessionManager } from '../manager.ts'
import type { EventInput, SessionManager } from '../manager-types.ts'
import { createMemoryStore } from '../memory-store.ts'
import { codeOf } from '../testing/helpers.ts'
import type { SessionKey, SessionMessage } from '../types.ts'

const message = (role: string, content: SessionMessage['content'] = 'x'): EventInput<SessionMessage> => ({
  type: 'message',
  turnId: 't',
  data: { messageId: 'm', message: { role, content } },
})
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
const failed: EventInput<SessionMessage> = {
  type: 'turn.failed',
  turnId: 't',
  data: { usage, steps: 1, error: { type: 'limit', code: 'limit', message: 'full' } },
}

const makeFull = async (limits: {
  messages?: number
  bytes?: number
}): Promise<[SessionManager, SessionKey]> => {
  const manager = createSessionManager({ store: createMemoryStore(), limits })
  const { key } = await manager.create({ tenant: 'a', model: 'm' })
  await manager.append(key, [message('user'), message('assistant')])
  return [manager, key]
}

test('a session that is full takes no more messages, settings or turns', async () => {
  for (const limits of [{ messages: 2 }, { bytes: 250 }]) {
    const [manager, key] = await makeFull(limits)
    expect(await codeOf(manager.append(key, [message('user', 'x'.repeat(90))]))).toBe('limit')
    expect(await codeOf(manager.append(key, [message('assistant', 'x'.repeat(90)), message('tool')]))).toBe(
      'limit',
    )
    expect((await manager.get(key))?.messages.length).toBe(2)
  }
  const [manager, key] = await makeFull({ bytes: 250 })
  const text = 'x'.repeat(200)
  expect(await codeOf(manager.setContext(key, 'k', text))).toBe('limit')
  expect(await codeOf(manager.update(key, { system: text }))).toBe('limit')
  expect(await codeOf(manager.append(key, [{ type: 'turn.started', data: { model: text } }]))).toBe('limit')
})

test('a session that is full still lets a turn end: results, deltas, terminal events and deletions pass', async () => {
  const [manager, key] = await makeFull({ messages: 2, bytes: 1 + 250 })
  const text = 'x'.repeat(300)
  const delta = { messageId: 'm', step: 0, index: 0, kind: 'text', text } as const
  const passing: EventInput<SessionMessage>[][] = [
    [{ type: 'delta', turnId: 't', data: delta }],
    [message('tool', text)],
    [
      {
        type: 'tool.finished',
        turnId: 't',
        data: { toolUseId: text, name: 'n', status: 'ok', isError: false, durationMs: 1 },
      },
    ],
    [message('assistant', text), failed],
    [{ type: 'context.set', data: { key: 'k' } }],
  ]
  for (const events of passing) expect((await manager.append(key, events)).status).toBe('appended')
  expect((await manager.get(key))?.messages.length).toBe(4)
  expect(await manager.delete(key)).toBe(true)
})

test('metadata, context values and life times have caps of their own', async () => {
  const manager = createSessionManager({ store: createMemoryStore() })
  const create = (options: object) => codeOf(manager.create({ tenant: 'a', model: 'm', ...options }))
  // {"k":"…"} has 8 bytes beside its text; ü has 2.
  expect(await create({ metadata: { k: 'ü'.repeat(8 * 1024 - 4) } })).toBe('no error')
  expect(await create({ metadata: { k: 'ü'.repeat(8 * 1024 - 3) } })).toBe('limit')
  expect(await create({ ttlMs: 366 * 86_400_000 })).toBe('no error')
  expect(await create({ ttlMs: 366 * 86_400_000 + 1 })).toBe('limit')
  for (const ttlMs of [0, -1, 1.5, Number.NaN]) expect(await create({ ttlMs })).toBe('invalid')
  const { key } = await manager.create({ tenant: 'a', model: 'm' })
  expect(await manager.setContext(key, 'k', 'x'.repeat(64 * 1024 - 2))).toBe(true)
  expect(await codeOf(manager.setContext(key, 'k', 'x'.repeat(64 * 1024 - 1)))).toBe('limit')
  expect(await codeOf(manager.update(key, { metadata: { k: 'x'.repeat(16 * 1024) } }))).toBe('limit')
  expect(await codeOf(manager.update(key, { ttlMs: 0 }))).toBe('invalid')
  expect((await manager.get(key))?.seq).toBe(2)
})

test('caps that are given replace their defaults only', async () => {
  const manager = createSessionManager({
    store: createMemoryStore(),
    limits: { messages: undefined, metadataBytes: 10 } as object,
  })
  const { key } = await manager.create({ tenant: 'a', model: 'm' })
  expect((await manager.append(key, [message('user')])).status).toBe('appended')
  expect(await codeOf(manager.update(key, { metadata: { long: 'value' } }))).toBe('limit')
})
