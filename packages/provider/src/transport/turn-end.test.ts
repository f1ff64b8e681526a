import { expect, test } from 'vitest'
import { createTurnEnd } from './turn-end.ts'

test('what is given in one turn runs at its end, in order; what is given then runs in the next', async () => {
  const atTurnEnd = createTurnEnd()
  const order: string[] = []
  atTurnEnd(() => {
    order.push('first')
    atTurnEnd(() => order.push('third'))
  })
  atTurnEnd(() => order.push('second'))
  await Promise.resolve()
  expect(order).toEqual([])
  await new Promise(setImmediate)
  expect(order).toEqual(['first', 'second'])
  await new Promise(setImmediate)
  expect(order).toEqual(['first', 'second', 'third'])
})
