import { expect, test } from 'vitest'
import { createIds } from './ids.ts'

test('an id is its prefix and 32 hexadecimal digits', () => {
  const newId = createIds('req')
  for (let n = 0; n < 1000; n += 1) expect(newId()).toMatch(/^req_[0-9a-f]{32}$/)
})

test('ids sort by the time at which they were made, also where the time grows by a digit', () => {
  let time = 0xfff
  const newId = createIds('req', () => time)
  const ids: string[] = []
  for (; time < 0x1fff; time += 7) ids.push(newId())
  expect([...ids].sort()).toEqual(ids)
  expect(ids[0]).toMatch(/^req_000000000fff[0-9a-f]{20}$/)
})

test('no id comes twice, though several makers make many within one millisecond, and the clock is set back', () => {
  let time = 1_800_000_000_000
  const makers = Array.from({ length: 4 }, () => createIds('req', () => time))
  const ids = new Set<string>()
  for (let n = 0; n < 4000; n += 1) {
    if (n % 1000 === 0) time -= 1
    if (n % 1000 === 500) time += 1
    for (const newId of makers) ids.add(newId())
  }
  expect(ids.size).toBe(16_000)
})

test('the random part of an id is spread over all its digits', () => {
  const newId = createIds('req', () => 0)
  const seen = Array.from({ length: 20 }, () => new Set<string>())
  for (let n = 0; n < 1000; n += 1)
    for (const [at, digit] of [...newId().slice(16)].entries()) seen[at]?.add(digit)
  expect(seen.map((digits) => digits.size)).toEqual(Array.from({ length: 20 }, () => 16))
})
