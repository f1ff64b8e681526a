import { expect, test } from 'vitest'
import type { ModelRoute } from '../routing/route.ts'
import type { Provider } from '../types/provider.ts'
import { createRoutes } from './model-table.ts'

const provider = (name: string, serves: (model: string) => boolean) => {
  const never = () => Promise.reject(new Error('Not asked here.'))
  return { name, dialects: [], serves, complete: never, stream: never, forward: never } satisfies Provider
}
const setUp = (models: Record<string, ModelRoute> = {}, serves: (model: string) => boolean = () => true) => {
  const providers = new Map<string, Provider>([['a', provider('a', serves)]])
  return { providers, find: createRoutes(new Map(Object.entries(models)), providers) }
}

test('a model leads along the same route as long as it leads to the same place', () => {
  const { find } = setUp({ fast: { targets: [{ provider: 'a', model: 'x' }] } })
  for (const model of ['fast', 'a/x', 'x']) expect(find(model)).toBe(find(model))
  expect(find('x')?.targets).toEqual([{ provider: 'a', model: 'x' }])
  expect(find('a/x')?.name).toBeUndefined()
  expect(find('fast')?.name).toBe('fast')
})

test('a provider that changes its mind about a model is heeded', () => {
  let isServed = true
  const { providers, find } = setUp({}, () => isServed)
  providers.set(
    'b',
    provider('b', () => true),
  )
  expect(find('x')?.targets).toEqual([{ provider: 'a', model: 'x' }])
  isServed = false
  expect(find('x')?.targets).toEqual([{ provider: 'b', model: 'x' }])
  isServed = true
  expect(find('x')?.targets).toEqual([{ provider: 'a', model: 'x' }])
})

test('a target whose provider comes later is asked from then on', () => {
  const targets = [
    { provider: 'b', model: 'x' },
    { provider: 'a', model: 'y' },
  ]
  const { providers, find } = setUp({ both: { targets }, later: { targets: targets.slice(0, 1) } })
  expect(find('both')?.targets).toEqual(targets.slice(1))
  expect(find('later')).toBeUndefined()
  providers.set(
    'b',
    provider('b', () => false),
  )
  expect(find('both')?.targets).toEqual(targets)
  expect(find('later')?.targets).toEqual(targets.slice(0, 1))
})

test('whatever names clients come up with, each leads where it should', () => {
  const { find } = setUp()
  for (let n = 0; n < 2_500; n += 1) expect(find(`m${n}`)?.targets[0]?.model).toBe(`m${n}`)
  expect(find('m7')?.targets[0]?.model).toBe('m7')
})
