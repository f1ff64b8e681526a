import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLastEventId } from './last-event-id.ts'

test('reads the sequence numbers that a server sent', () => {
  expect(parseLastEventId('0')).toBe(0)
  expect(parseLastEventId('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  fc.assert(fc.property(fc.maxSafeNat(), (sequence) => parseLastEventId(`${sequence}`) === sequence))
})

test('takes an absent and an empty header for a client that has seen nothing', () => {
  expect([parseLastEventId(null), parseLastEventId(undefined), parseLastEventId('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(parseLastEventId(new Headers().get('last-event-id'))).toBeUndefined()
})

test('refuses everything else, quoting it', () => {
  const garbage = [
    '-1',
    '+1',
    ' 1',
    '1 ',
    '01',
    '1.0',
    '1e3',
    '0x1',
    '٣',
    'abc',
    '9007199254740992',
    '9'.repeat(400),
    '1\n',
  ]
  for (const value of garbage) {
    expect(() => parseLastEventId(value)).toThrow(expect.objectContaining({ code: 'invalid-field' }))
  }
  expect(() => parseLastEventId('msg_7')).toThrow('got "msg_7"')
})
