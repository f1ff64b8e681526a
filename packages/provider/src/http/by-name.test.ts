import { expect, test } from 'vitest'
import { byName } from './by-name.ts'

test('what is decided about a name is decided once, as long as there are not too many', () => {
  let decided = 0
  const isShort = byName((name) => {
    decided += 1
    return name.length < 5
  })
  for (let round = 0; round < 2; round += 1) expect([isShort('te'), isShort('x-long')]).toEqual([true, false])
  expect(decided).toBe(2)
  for (let n = 0; n < 2_000; n += 1) isShort(`${n}`)
  expect(isShort('last')).toBe(true)
  const before = decided
  // The first ones are known, later and very long ones are asked about each time.
  for (const name of ['te', 'last', 'x'.repeat(100)]) expect(isShort(name)).toBe(name.length < 5)
  expect(decided).toBe(before + 2)
})

test('an empty answer is one that is kept', () => {
  let decided = 0
  const toName = byName(() => {
    decided += 1
    return ''
  })
  expect([toName('host'), toName('host')]).toEqual(['', ''])
  expect(decided).toBe(1)
})
