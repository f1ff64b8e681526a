import { checkLimit, fromListCursor, fromPositionCursor, toListCursor, toPage } from '../cursor.ts'
import { keyText } from '../keys.ts'
import { follow } from '../live/follow.ts'
import type { SessionHead, SessionStore } from '../store.ts'
import type { StoreContext } from './context.ts'

/** The half of the store that reads. */
export type StoreReads = Pick<
  SessionStore,
  'load' | 'read' | 'tail' | 'list' | 'unfinished' | 'findIdempotent' | 'ledger'
>

/** Reads see what is committed: transactions run within one turn of the event loop. */
export function createReads(context: StoreContext): StoreReads {
  const { reading, find, sessions, events } = context
  return {
    load: async (key) => {
      const row = reading(() => find(key))
      return row && context.toHead(row)
    },
    read: async (key, { after = 0, limit = -1, exclude = [] } = {}) =>
      reading(() => {
        const row = find(key)
        return row && events.read(row.n, after, limit, exclude)
      }),
    tail: (key, place) => {
      const exists = () => !context.isClosed() && reading(() => find(key)) !== undefined
      const batch = (after: number) =>
        reading(() => {
          // Not `find`: a session that expires while it is followed ends with its last event.
          const row = sessions.find(key)
          return row && events.batch(row.n, after)
        })
      return follow(context.hub, keyText(key), { exists, batch }, place)
    },
    list: async (tenant, { limit, cursor }) => {
      checkLimit(limit)
      const from = cursor === undefined ? { createdAt: -1, id: '' } : fromListCursor(cursor)
      const found = reading(() => {
        const heads: SessionHead[] = []
        for (const row of sessions.byAge(tenant, from.createdAt, from.id)) {
          if (!context.isOver(row)) heads.push(context.toHead(row))
          if (heads.length > limit) break
        }
        return heads
      })
      const { items, nextCursor } = toPage(found, limit, toListCursor)
      return { heads: items, nextCursor }
    },
    unfinished: async () => reading(() => events.unfinished().filter(({ key }) => find(key) !== undefined)),
    findIdempotent: async (key, idempotencyKey) =>
      reading(() => {
        const row = find(key)
        return row && context.requests.find(row.n, idempotencyKey, context.now())
      }),
    ledger: async (tenant, { limit, cursor }) => {
      checkLimit(limit)
      const after = cursor === undefined ? 0 : fromPositionCursor(cursor)
      const found = reading(() => context.ledger.rows(tenant, after, limit + 1))
      const { items, nextCursor } = toPage(found, limit, ({ n }) => String(n))
      return { rows: items.map(({ row }) => row), nextCursor }
    },
  }
}
