import type { SessionStore } from '../store.ts'
import { createContext } from './context.ts'
import type { OwnedDatabase } from './open.ts'
import { createReads } from './reads.ts'
import { createWrites } from './writes.ts'

/** The store over a file that this process owns. */
export function createStoreOver(file: OwnedDatabase, now: () => number, idempotencyMs: number): SessionStore {
  const context = createContext(file, now)
  return {
    kind: 'sqlite',
    durability: 'power-loss',
    ...createReads(context),
    ...createWrites(context, idempotencyMs),
    close: async () => context.close(),
  }
}
