import { expect, test } from 'vitest'
import { createSessionManager, type SessionManagerOptions } from './manager.ts'
import type { EventInput } from './manager-types.ts'
import { createMemoryStore } from './memory-store.ts'
import type { SessionStore } from './store.ts'
import { codeOf, day, sequence, start } from './testing/helpers.ts'
import type { SessionMessage } from './types.ts'
import { noUsage } from './usage.ts'

const make = (options: Partial<SessionManagerOptions> = {}) => {
  let time = start
  const ids = sequence()
  const now = () => time
  const store = createMemoryStore({ now })
  return {
    store,
    manager: createSessionManager({ store, now, generateId: ids, ...options }),
    advance: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

const message = (content: string, role = 'user', turnId?: string): EventInput<SessionMessage> => ({
  type: 'message',
  data: { messageId: `msg_${content}`, message: { role, content } },
  ...(turnId !== undefined && { turnId }),
})

test('a new session has what it was made with, a prefixed id and a life of 24 hours', async () => {
  const { manager } = make()
  const options = {
    tenant: 'acme',
    model: 'mock',
    system: 'Be kind.',
    tools: ['echo'],
    metadata: { user: 'u1' },
  }
  const state = await manager.create(options)
  expect(state).toMatchObject({
    key: { tenant: 'acme', id: 'sess_id1' },
    seq: 1,
    createdAt: start,
    updatedAt: start,
    expiresAt: start + day,
    ttlMs: day,
    model: 'mock',
    system: 'Be kind.',
    tools: ['echo'],
    metadata: { user: 'u1' },
    messages: [],
  })
  expect(await manager.get(state.key)).toEqual(state)
  expect(manager.store).toEqual({ kind: 'memory', durability: 'memory' })
})

test('ids are random, long and safe in URLs', async () => {
  const manager = createSessionManager({ store: createMemoryStore() })
  const ids = await Promise.all(
    Array.from({ length: 50 }, async () => (await manager.create({ tenant: 'a', model: 'm' })).key.id),
  )
  expect(new Set(ids).size).toBe(50)
  for (const id of ids) expect(id).toMatch(/^sess_[0-9a-z]{26}$/)
})

test('a missing session is undefined or false everywhere, never an error', async () => {
  const { manager } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  for (const other of [
    { tenant: 'other', id: key.id },
    { tenant: 'acme', id: 'sess_none' },
    { tenant: '', id: '' },
  ]) {
    expect(await manager.get(other)).toBe(undefined)
    expect(await manager.update(other, { model: 'x' })).toBe(undefined)
    expect(await manager.update(other, {})).toBe(undefined)
    expect(await manager.messages(other)).toBe(undefined)
    expect(await manager.read(other)).toBe(undefined)
    expect(await manager.fork(other)).toBe(undefined)
    expect(await manager.setContext(other, 'k', 1)).toBe(false)
    expect(await manager.deleteContext(other, 'k')).toBe(false)
    expect(await manager.delete(other)).toBe(false)
    expect(await manager.append(other, [message('hello')])).toEqual({ status: 'missing' })
  }
})

test('an appended message is in the state, with its place', async () => {
  const { manager, advance } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  advance(5)
  await manager.append(key, [message('hello')])
  const state = await manager.get(key)
  expect(state?.messages).toEqual([
    { id: 'msg_hello', seq: 2, at: start + 5, message: { role: 'user', content: 'hello' } },
  ])
  expect([state?.seq, state?.updatedAt, state?.expiresAt]).toEqual([2, start + 5, start + 5 + day])
})

test('parallel appends lose nothing', async () => {
  const { manager } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  const wanted = Array.from({ length: 100 }, (_, n) => `${n}`)
  await Promise.all([
    ...wanted.map((n) => manager.append(key, [message(n)])),
    manager.setContext(key, 'k', 1),
    manager.update(key, { model: 'other' }),
  ])
  const state = await manager.get(key)
  expect(state?.messages.map(({ message: { content } }) => content)).toEqual(wanted)
  expect([state?.context.get('k'), state?.model, state?.seq]).toEqual([1, 'other', 103])
})

test('the cached state follows what other writers append to the store, deltas or not', async () => {
  const { manager, store } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  const delta = { type: 'delta', at: start, data: {} }
  const foreign = (content: string) => ({
    type: 'message',
    at: start,
    data: { messageId: content, message: { role: 'user', content } },
  })
  await store.append(key, [foreign('a'), delta])
  await manager.append(key, [message('b')])
  await store.append(key, [delta, delta])
  expect((await manager.get(key))?.seq).toBe(6)
  await manager.append(key, [message('c')], { expectedSeq: 6 })
  const other = createSessionManager({ store })
  for (const state of [await manager.get(key), await other.get(key)]) {
    expect(state?.messages.map(({ message: { content } }) => content)).toEqual(['a', 'b', 'c'])
    expect(state?.seq).toBe(7)
  }
})

test('states are read again after the cache has let them go', async () => {
  const store = createMemoryStore()
  const reads: string[] = []
  const spied: SessionStore = {
    ...store,
    read: (key, options) => {
      reads.push(`${key.id} without ${options?.exclude}`)
      return store.read(key, options)
    },
  }
  const manager = createSessionManager({ store: spied })
  const keys = []
  for (let n = 0; n < 1001; n += 1) keys.push((await manager.create({ tenant: 'a', model: `m${n}` })).key)
  reads.length = 0
  const [first, second] = keys
  if (first === undefined || second === undefined) throw new Error('no keys')
  expect((await manager.get(second))?.model).toBe('m1')
  expect(reads).toEqual([])
  expect((await manager.get(first))?.model).toBe('m0')
  // Deltas change no state, and are most of a log.
  expect(reads).toEqual([`${first.id} without delta`])
})

test('an update changes what it names, null removes, and a new life time counts from now', async () => {
  const { manager, advance } = make()
  const { key } = await manager.create({
    tenant: 'acme',
    model: 'mock',
    system: 'a',
    tools: ['echo'],
    metadata: { a: 1 },
  })
  advance(10)
  const changed = await manager.update(key, { system: null, tools: null, metadata: { b: 2 }, ttlMs: 1000 })
  expect(changed).toMatchObject({
    model: 'mock',
    metadata: { b: 2 },
    ttlMs: 1000,
    expiresAt: start + 1010,
    seq: 2,
  })
  expect([changed?.system, changed?.tools]).toEqual([undefined, undefined])
  expect((await manager.update(key, {}))?.seq).toBe(2)
  const events = await manager.read(key, { after: 1 })
  expect(events?.[0]).toMatchObject({
    type: 'session.updated',
    data: { system: null, tools: null, ttlMs: 1000 },
  })
})

test('context variables are set, replaced and deleted', async () => {
  const { manager } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  expect(await manager.setContext(key, 'city', { name: 'Köln', tags: [1, null] })).toBe(true)
  expect(await manager.setContext(key, 'empty', null)).toBe(true)
  expect([...((await manager.get(key))?.context ?? [])]).toEqual([
    ['city', { name: 'Köln', tags: [1, null] }],
    ['empty', null],
  ])
  expect(await manager.deleteContext(key, 'city')).toBe(true)
  expect(await manager.deleteContext(key, 'city')).toBe(false)
  expect(await manager.deleteContext(key, 'toString')).toBe(false)
  expect((await manager.get(key))?.context.has('city')).toBe(false)
  expect(await codeOf(manager.setContext(key, '', 1))).toBe('invalid')
})

test('messages are paged oldest first, also while more come', async () => {
  const { manager } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  for (const n of [0, 1, 2, 3, 4]) await manager.append(key, [message(`${n}`)])
  const contents = (page: Awaited<ReturnType<typeof manager.messages>>) =>
    page?.data.map((stored) => stored.message.content)
  const first = await manager.messages(key, { limit: 1 })
  const second = await manager.messages(key, { limit: 3, cursor: first?.nextCursor })
  expect([contents(first), contents(second)]).toEqual([['0'], ['1', '2', '3']])
  await manager.append(key, [message('5')])
  const third = await manager.messages(key, { limit: 3, cursor: second?.nextCursor })
  expect([contents(third), third?.nextCursor]).toEqual([['4', '5'], undefined])
  expect(contents(await manager.messages(key))?.length).toBe(6)
  expect(await manager.messages(key, { cursor: '9999' })).toEqual({ data: [], nextCursor: undefined })
  for (const limit of [0, -1, 101, 1.5, Number.NaN])
    expect(await codeOf(manager.messages(key, { limit }))).toBe('invalid')
  for (const cursor of ['x', '', '-1', '1e9'])
    expect(await codeOf(manager.messages(key, { cursor }))).toBe('invalid')
})

test('sessions are listed by tenant, oldest first, 20 at a time', async () => {
  const { manager, advance } = make()
  const ids: string[] = []
  for (let n = 0; n < 25; n += 1) {
    ids.push((await manager.create({ tenant: 'acme', model: `m${n}` })).key.id)
    advance(1)
  }
  await manager.create({ tenant: 'other', model: 'mock' })
  const first = await manager.list('acme')
  const second = await manager.list('acme', { cursor: first.nextCursor })
  expect([first.data.length, second.data.length, second.nextCursor]).toEqual([20, 5, undefined])
  expect([...first.data, ...second.data].map(({ key }) => key.id)).toEqual(ids)
  expect(first.data[3]?.model).toBe('m3')
  expect(await codeOf(manager.list('acme', { limit: 101 }))).toBe('invalid')
  expect(await codeOf(manager.list('acme', { cursor: 'garbage' }))).toBe('invalid')
})

test('a deleted session is gone', async () => {
  const { manager } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  expect(await manager.delete(key)).toBe(true)
  expect(await manager.get(key)).toBe(undefined)
  expect(await manager.delete(key)).toBe(false)
})

test('a session ends when nothing was appended for its life time, and a sweep forgets it', async () => {
  const { manager, store, advance } = make({ defaultTtlMs: 1 })
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  const kept = await manager.create({ tenant: 'acme', model: 'mock', ttlMs: day })
  advance(10)
  expect(await manager.get(key)).toBe(undefined)
  expect((await manager.list('acme')).data.map((state) => state.key.id)).toEqual([kept.key.id])
  expect(await manager.sweep()).toBe(1)
  expect(await manager.sweep()).toBe(0)
  expect(await store.load(kept.key)).toBeDefined()
})

test('a sweep takes away everything that is over, however much', async () => {
  const { manager, advance } = make()
  for (let n = 0; n < 250; n += 1) await manager.create({ tenant: `t${n % 3}`, model: 'mock', ttlMs: 1000 })
  advance(1000)
  expect(await manager.sweep()).toBe(250)
})

test('a sweep compacts the deltas of turns that ended more than an hour ago', async () => {
  const { manager, advance } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  const usage = {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const delta = { messageId: 'm', step: 0, index: 0, kind: 'text', text: 'x' } as const
  await manager.append(key, [
    { type: 'turn.started', turnId: 't', data: { model: 'mock' } },
    { type: 'delta', turnId: 't', data: delta },
    { type: 'turn.completed', turnId: 't', data: { usage, steps: 1, stopReason: 'end-turn' } },
  ])
  const types = async () => (await manager.read(key))?.map(({ type }) => type)
  advance(3_600_000)
  await manager.sweep()
  expect(await types()).toContain('delta')
  advance(1)
  await manager.sweep()
  expect(await types()).toEqual(['session.created', 'turn.started', 'turn.completed'])
})

test('leases, unfinished turns and remembered requests are those of the store', async () => {
  const { manager } = make()
  const { key } = await manager.create({ tenant: 'acme', model: 'mock' })
  const lease = await manager.lease(key, 't1')
  expect(await manager.lease(key, 't2')).toBe(undefined)
  const idempotency = { key: 'k', bodyHash: 'h', turnId: 't1' }
  const started = { type: 'turn.started', turnId: 't1', data: { model: 'mock' } } as const
  await manager.append(key, [started], { fence: lease?.fence, idempotency })
  expect(await manager.unfinished()).toEqual([{ key, turnId: 't1' }])
  expect(await manager.findIdempotent(key, 'k')).toEqual(idempotency)
  expect((await manager.append(key, [started], { idempotency })).status).toBe('duplicate')
  expect((await manager.get(key))?.runningTurn).toBe('t1')
  await manager.close()
  expect(await codeOf(manager.get(key))).toBe('unavailable')
})

test('usage rows that belong to no turn are written together, each id once', async () => {
  const { manager, store } = make()
  const row = (id: string) => ({ tenant: 'acme', id, model: 'm', at: 0, usage: noUsage() })
  await manager.record([row('req_1'), row('req_2'), row('req_1')])
  await manager.record([])
  expect((await store.ledger('acme', { limit: 5 })).rows).toEqual([row('req_1'), row('req_2')])
  const mixed = [{ ...row('req_3'), at: 0.5 }, row('req_4')]
  await expect(manager.record(mixed)).rejects.toThrow('1 of 2 usage rows cannot be stored, the others are')
  expect((await store.ledger('acme', { limit: 5 })).rows[2]).toEqual(row('req_4'))
})
