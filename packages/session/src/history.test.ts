import fc from 'fast-check'
import { expect, test } from 'vitest'
import { danglingToolUses, groupHistory, repairHistory } from './history.ts'
import type { SessionMessage } from './types.ts'

const user = (content = 'go'): SessionMessage => ({ role: 'user', content })
const uses = (...ids: string[]): SessionMessage => ({
  role: 'assistant',
  content: [{ type: 'text' }, ...ids.map((id) => ({ type: 'tool-use', id }))],
})
const results = (...ids: string[]): SessionMessage => ({
  role: 'tool',
  content: ids.map((toolUseId) => ({ type: 'tool-result', toolUseId })),
})
const repair = (messages: readonly SessionMessage[]) => repairHistory(messages, (ids) => results(...ids))

test('tool uses stay together with the result messages behind them', () => {
  expect(groupHistory([user(), uses('a', 'b'), results('a'), results('b'), user(), results('z')])).toEqual([
    { start: 0, end: 1 },
    { start: 1, end: 4 },
    { start: 4, end: 5 },
    { start: 5, end: 6 },
  ])
})

test('a legal history has no dangling tool uses and is returned as it is', () => {
  const history = [user(), uses('a', 'b'), results('a'), results('b'), user(), uses('c'), results('c')]
  expect(danglingToolUses(history)).toEqual([])
  expect(repair(history)).toBe(history)
})

test('results that are missing are found, and put behind those that are there', () => {
  const history = [user(), uses('a', 'b', 'c'), results('b'), user('again'), uses('d')]
  expect(danglingToolUses(history)).toEqual([
    { index: 1, end: 3, toolUseIds: ['a', 'c'] },
    { index: 4, end: 5, toolUseIds: ['d'] },
  ])
  expect(repair(history)).toEqual([
    user(),
    uses('a', 'b', 'c'),
    results('b'),
    results('a', 'c'),
    user('again'),
    uses('d'),
    results('d'),
  ])
})

test('an answer that comes after the conversation went on is none', () => {
  expect(repair([uses('a'), user(), results('a')])).toEqual([uses('a'), results('a'), user()])
})

test('results without a use and second results are left out', () => {
  expect(repair([results('x'), user(), uses('a'), results('a', 'a', 'y'), results('a')])).toEqual([
    user(),
    uses('a'),
    results('a'),
  ])
})

test('results within a user message count, and its other blocks stay', () => {
  const mixed: SessionMessage = {
    role: 'user',
    content: [
      { type: 'tool-result', toolUseId: 'a' },
      { type: 'tool-result', toolUseId: 'b' },
      { type: 'text' },
    ],
  }
  expect(repair([uses('a', 'b'), mixed])).toEqual([uses('a', 'b'), mixed])
  expect(repair([uses('a'), mixed])).toEqual([
    uses('a'),
    { role: 'user', content: [{ type: 'tool-result', toolUseId: 'a' }, { type: 'text' }] },
  ])
})

test('whatever the history, its repair is legal, keeps the rest, and needs no second repair', () => {
  const id = fc.constantFrom('a', 'b', 'c')
  const message = fc.oneof(
    fc.constant(user()),
    fc.uniqueArray(id, { maxLength: 3 }).map((ids) => uses(...ids)),
    fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => results(...ids)),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (history) => {
      const repaired = repair(history)
      expect(danglingToolUses(repaired)).toEqual([])
      expect(repair(repaired)).toBe(repaired)
      const others = (messages: readonly SessionMessage[]) => messages.filter(({ role }) => role !== 'tool')
      expect(others(repaired)).toEqual(others(history))
      for (const { start, end } of groupHistory(repaired)) {
        const blocks = repaired
          .slice(start, end)
          .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
        const wanted = blocks.flatMap((block) => (block.type === 'tool-use' ? [block.id] : []))
        const given = blocks.flatMap((block) => (block.type === 'tool-result' ? [block.toolUseId] : []))
        expect([...given].sort()).toEqual([...wanted].sort())
      }
    }),
    { numRuns: 500 },
  )
})
