import { nextTick } from 'node:process'
import { expect, test } from 'vitest'
import { createTurnEnd } from './turn-end.ts'

test('the first of a turn runs once the callback is over, all others together at the end, in order', async () => {
  const atTurnEnd = createTurnEnd()
  const order: string[] = []
  await new Promise(setImmediate)
  atTurnEnd(() => order.push('first'))
  atTurnEnd(() => {
    order.push('second')
    atTurnEnd(() => order.push('first of the next'))
    atTurnEnd(() => order.push('second of the next'))
  })
  atTurnEnd(() => order.push('third'))
  expect(order).toEqual([])
  await new Promise<void>((resolve) => nextTick(resolve))
  expect(order).toEqual(['first'])
  await new Promise(setImmediate)
  expect(order).toEqual(['first', 'second', 'third', 'first of the next'])
  await new Promise(setImmediate)
  expect(order.at(-1)).toBe('second of the next')
})
