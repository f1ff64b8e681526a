import { checkLimit, fromPositionCursor, toPage } from '../cursor.ts'
import type { Page } from '../manager-types.ts'
import type { SessionState, StoredMessage } from '../state.ts'
import type { SessionStore } from '../store.ts'
import type { SessionMessage } from '../types.ts'
import type { StateReader } from './read-through.ts'

/** Which page of a list. */
export interface PageOptions {
  limit?: number | undefined
  cursor?: string | undefined
}

const defaultPage = 20
const largestPage = 100

/** A page of a tenant's sessions. One that is deleted while the page is made is left out. */
export async function pageOfSessions<M extends SessionMessage>(
  store: SessionStore,
  states: StateReader<M>,
  tenant: string,
  { limit = defaultPage, cursor }: PageOptions,
): Promise<Page<SessionState<M>>> {
  checkLimit(limit, largestPage)
  const { heads, nextCursor } = await store.list(tenant, { limit, cursor })
  const data: SessionState<M>[] = []
  for (const head of heads) {
    const state = await states.of(head)
    if (state !== undefined) data.push(state)
  }
  return { data, nextCursor }
}

/** A page of a session's messages; a cursor names the seq of the last one of the page before. */
export function pageOfMessages<M extends SessionMessage>(
  { messages }: SessionState<M>,
  { limit = defaultPage, cursor }: PageOptions,
): Page<StoredMessage<M>> {
  checkLimit(limit, largestPage)
  const after = cursor === undefined ? 0 : fromPositionCursor(cursor)
  const first = messages.findIndex(({ seq }) => seq > after)
  const found = first === -1 ? [] : messages.slice(first, first + limit + 1)
  const { items, nextCursor } = toPage(found, limit, ({ seq }) => String(seq))
  return { data: items, nextCursor }
}
