import { expect, test } from 'vitest'
import { createSessionFold } from '../fold/session-fold.ts'
import { createFoldCache } from './fold-cache.ts'

const keyOf = (id: string) => ({ tenant: 'acme', id })
const names = ['a', 'b', 'c', 'd']

const fill = (maxSessions: number, maxBytes: number) => {
  const cache = createFoldCache(maxSessions, maxBytes)
  return {
    cache,
    use: (id: string, bytes = 1) => cache.set(keyOf(id), createSessionFold(keyOf(id)), bytes),
    kept: () => names.filter((id) => cache.get(keyOf(id)) !== undefined).join(''),
  }
}

test('the session that was used longest ago goes first', () => {
  const { use, kept } = fill(3, 100)
  for (const id of ['a', 'b', 'c', 'a', 'd']) use(id)
  expect(kept()).toBe('acd')
})

test('sessions go when their logs are too large together, but never the one in use', () => {
  const { use, kept, cache } = fill(9, 100)
  use('a', 60)
  use('b', 30)
  use('a', 65)
  expect(kept()).toBe('ab')
  use('c', 30)
  expect(kept()).toBe('ac')
  cache.drop(keyOf('a'))
  use('d', 70)
  expect(kept()).toBe('cd')
  use('b', 5000)
  expect(kept()).toBe('b')
})
