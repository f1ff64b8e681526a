import { SessionError } from './errors.ts'
import type { SessionHead } from './store.ts'

/** A place between two sessions of a list: age first, id where ages are equal. */
export interface ListPlace {
  createdAt: number
  id: string
}

/** Names a tenant's own data only: a running number would tell how many sessions others have. */
export const toListCursor = (head: SessionHead): string => `${head.createdAt}.${head.key.id}`

/** Reads a cursor that `toListCursor` made; SessionError `invalid` for anything else. */
export function fromListCursor(cursor: string): ListPlace {
  const dot = cursor.indexOf('.')
  const createdAt = wholeNumber(cursor.slice(0, Math.max(dot, 0)))
  const id = cursor.slice(dot + 1)
  if (createdAt === undefined || id === '' || !id.isWellFormed()) throw unreadable(cursor)
  return { createdAt, id }
}

/** True when a session comes after a place of the list. */
export const isBehind = (head: SessionHead, place: ListPlace): boolean =>
  head.createdAt > place.createdAt || (head.createdAt === place.createdAt && head.key.id > place.id)

/** Reads a cursor that is a position; SessionError `invalid` for anything else. */
export function fromPositionCursor(cursor: string): number {
  const position = wholeNumber(cursor)
  if (position === undefined) throw unreadable(cursor)
  return position
}

/** Cuts a page out of what was found, one item more than the page holds, and names where the next one starts. */
export function toPage<T>(
  found: readonly T[],
  limit: number,
  toCursor: (last: T) => string,
): { items: T[]; nextCursor: string | undefined } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: last !== undefined && found.length > limit ? toCursor(last) : undefined }
}

/** Throws SessionError `invalid` unless a page's limit is a whole number from 1 to `max`. */
export function checkLimit(limit: number, max: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= max) return
  throw new SessionError('invalid', `The limit ${String(limit)} is not a whole number from 1 to ${max}.`)
}

const wholeNumber = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)

const unreadable = (cursor: string): SessionError =>
  new SessionError(
    'invalid',
    `The cursor ${JSON.stringify(cursor.slice(0, 40))} is not one that a list gave: start again without it.`,
  )
