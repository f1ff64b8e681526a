import { expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.ts'
import { sessionStoreConformance } from './testing.ts'

sessionStoreConformance('memory', ({ now }) => ({ store: createMemoryStore({ now }) }), {
  test,
  expect,
  skip: ['has everything again when it is opened again, but no lease'],
})

test('a memory store says that it keeps nothing beyond the process', () => {
  const store = createMemoryStore()
  expect([store.kind, store.durability]).toEqual(['memory', 'memory'])
})
