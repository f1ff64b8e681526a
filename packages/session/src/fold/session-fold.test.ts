import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonRecord, SessionEvent } from '../types.ts'
import { createSessionFold } from './session-fold.ts'

const key = { tenant: 'acme', id: 'sess_one' }
const usage = (inputTokens: number, outputTokens = 0) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
})

/** A log out of types and data, numbered. */
const logOf = (...events: [type: string, data?: JsonRecord, turnId?: string][]): SessionEvent[] =>
  events.map(([type, data = {}, turnId], index) => ({
    v: 1,
    seq: index + 1,
    type,
    at: 1000 + index,
    data,
    ...(turnId !== undefined && { turnId }),
  }))

const fold = (events: readonly SessionEvent[]) => {
  const folded = createSessionFold(key)
  for (const event of events) folded.apply(event)
  return folded
}

const created: [string, JsonRecord] = [
  'session.created',
  { model: 'mock', system: 'Be kind.', metadata: { a: 1 }, ttlMs: 500 },
]
const says = (role: string, content: string): JsonRecord => ({
  messageId: `msg_${content}`,
  message: { role, content },
})

test('a conversation folds into its messages, turn and usage', () => {
  const state = fold(
    logOf(
      created,
      ['turn.started', { model: 'mock-large' }, 't1'],
      ['message', says('user', 'hello'), 't1'],
      ['delta', { messageId: 'msg_hi', text: 'h' }, 't1'],
      ['message', { ...says('assistant', 'hi'), partial: true }, 't1'],
      ['turn.completed', { usage: usage(7, 3), steps: 2, stopReason: 'end-turn', costUsd: 0.5 }, 't1'],
    ),
  ).snapshot()
  expect(state).toMatchObject({
    key,
    seq: 6,
    createdAt: 1000,
    updatedAt: 1005,
    expiresAt: 1505,
    model: 'mock',
    system: 'Be kind.',
  })
  expect(state.messages).toEqual([
    { id: 'msg_hello', seq: 3, at: 1002, turnId: 't1', message: { role: 'user', content: 'hello' } },
    {
      id: 'msg_hi',
      seq: 5,
      at: 1004,
      turnId: 't1',
      partial: true,
      message: { role: 'assistant', content: 'hi' },
    },
  ])
  expect(state.turns.get('t1')).toEqual({
    id: 't1',
    status: 'completed',
    model: 'mock-large',
    startSeq: 2,
    endSeq: 6,
    startedAt: 1001,
    endedAt: 1005,
    stopReason: 'end-turn',
    usage: usage(7, 3),
    costUsd: 0.5,
    steps: 2,
  })
  expect([state.usage, state.runningTurn]).toEqual([usage(7, 3), undefined])
})

test('a turn without its end is running, and ends only once', () => {
  const events = logOf(
    created,
    ['turn.started', { model: 'mock' }, 't1'],
    ['turn.failed', { usage: usage(1), steps: 1, error: { type: 'x', code: 'y', message: 'z' } }, 't1'],
    ['turn.interrupted', { usage: usage(100), steps: 9 }, 't1'],
    ['turn.completed', { usage: usage(100), steps: 9 }, 'never started'],
  )
  expect(fold(events.slice(0, 2)).snapshot().runningTurn).toBe('t1')
  const state = fold(events).snapshot()
  expect(state.usage).toEqual(usage(1))
  expect(state.turns.size).toBe(1)
  expect(state.turns.get('t1')).toMatchObject({
    status: 'failed',
    error: { type: 'x', code: 'y', message: 'z' },
  })
})

test('settings and context variables follow the latest event; null and an absent value remove', () => {
  const events = logOf(
    created,
    ['session.updated', { model: 'other', tools: ['echo'], ttlMs: 9 }],
    ['context.set', { key: '__proto__', value: { deep: [1] } }],
    ['context.set', { key: 'gone', value: null }],
    ['context.set', { key: 'gone' }],
    ['context.set', { key: 'empty', value: null }],
    ['session.updated', { system: null, metadata: { b: 2 } }],
  )
  const state = fold(events).snapshot()
  expect([...state.context]).toEqual([
    ['__proto__', { deep: [1] }],
    ['empty', null],
  ])
  expect(state).toMatchObject({ model: 'other', tools: ['echo'], metadata: { b: 2 }, ttlMs: 9 })
  expect(state.system).toBe(undefined)
  const removed = fold([...events, { v: 1, seq: 8, type: 'session.updated', at: 1, data: { tools: null } }])
  expect(removed.snapshot().tools).toBe(undefined)
})

test('the usage of inherited events is not counted again', () => {
  const state = fold(
    logOf(
      ['session.created', { ...created[1], forkOf: 'sess_zero', inheritedSeq: 3 }],
      ['turn.started', {}, 't1'],
      ['turn.completed', { usage: usage(7), steps: 1 }, 't1'],
      ['turn.started', {}, 't2'],
      ['turn.completed', { usage: usage(2), steps: 1 }, 't2'],
    ),
  ).snapshot()
  expect(state.usage).toEqual(usage(2))
  expect(state.turns.get('t1')?.usage).toEqual(usage(7))
})

test('unknown types and broken data are skipped, and the seq moves on', () => {
  const state = fold(
    logOf(
      created,
      ['constructor', { x: 1 }, 't1'],
      ['turn.paused', {}, 't1'],
      ['message', { messageId: 'm' }],
      ['message', { messageId: 'm', message: { role: 1, content: 'x' } }],
      ['message', { message: { role: 'user', content: 'x' } }],
      ['context.set', { value: 1 }],
      ['turn.started', { model: 'mock' }],
      ['session.updated', { model: 5, metadata: [] }],
    ),
  ).snapshot()
  expect(state).toMatchObject({ seq: 9, model: 'mock', messages: [], metadata: { a: 1 } })
  expect([state.context.size, state.turns.size]).toEqual([0, 0])
})

test('a state never changes, whatever is folded after it was taken', () => {
  const events = logOf(
    created,
    ['turn.started', {}, 't1'],
    ['message', says('user', 'a'), 't1'],
    ['context.set', { key: 'k', value: 1 }],
  )
  const folded = fold(events)
  const before = folded.snapshot()
  const kept = structuredClone(before)
  const more = logOf(
    created,
    created,
    created,
    created,
    ['message', says('user', 'b')],
    ['context.set', { key: 'k' }],
    ['turn.cancelled', {}, 't1'],
  )
  for (const event of more) folded.apply(event)
  expect(before).toEqual(kept)
  expect(folded.snapshot().messages.length).toBe(2)
  expect(folded.snapshot().turns.get('t1')?.status).toBe('cancelled')
})

test('without a state in between, folding copies nothing', () => {
  const folded = fold(logOf(created, ['message', says('user', 'a')]))
  const { messages } = folded.snapshot()
  folded.apply({ v: 1, seq: 3, type: 'delta', at: 1, data: {} })
  expect(folded.snapshot().messages).toBe(messages)
})

const anyEvent = fc.oneof(
  fc.record({
    type: fc.constant('message'),
    data: fc.record({
      messageId: fc.string(),
      message: fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string() }),
    }),
  }),
  fc.record({
    type: fc.constant('context.set'),
    data: fc.record({ key: fc.constantFrom('a', 'b'), value: fc.jsonValue() }, { requiredKeys: ['key'] }),
  }),
  fc.record({
    type: fc.constantFrom('turn.started', 'turn.completed', 'turn.failed', 'turn.cancelled'),
    turnId: fc.constantFrom('t1', 't2', 't3'),
    data: fc.record({ usage: fc.record({ inputTokens: fc.nat() }) }),
  }),
  fc.record({
    type: fc.constantFrom('session.updated', 'session.created'),
    data: fc.record({ model: fc.constantFrom('x', 'y'), ttlMs: fc.nat() }, { requiredKeys: [] }),
  }),
  fc.record({ type: fc.string(), data: fc.dictionary(fc.string(), fc.jsonValue()) }),
)

test('folding in pieces, with states taken and reads overlapping anywhere, equals folding at once', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 40 }),
      fc.array(fc.nat(40)),
      fc.nat(5),
      (drawn, cuts, overlap) => {
        const log: SessionEvent[] = drawn.map(
          (event, index) => ({ v: 1, at: index, seq: index + 1, ...event }) as SessionEvent,
        )
        const whole = fold(log).snapshot()
        const pieces = createSessionFold(key)
        for (const cut of [...cuts.sort((a, b) => a - b), log.length]) {
          for (const event of log.slice(Math.max(0, pieces.seq - overlap), cut)) pieces.apply(event)
          pieces.snapshot()
        }
        expect(pieces.snapshot()).toEqual(whole)
        const withoutDeltas = fold(log.filter(({ type }) => type !== 'delta'))
        withoutDeltas.advance(log.length)
        expect(withoutDeltas.snapshot().messages).toEqual(whole.messages)
      },
    ),
  )
})
