import { SessionError } from './errors.ts'
import type { SessionKey } from './types.ts'

const longest = 256

/**
 * Text that every store keeps as it is. A lone surrogate would become U+FFFD on its way to disk, and two tenants whose
 * names differ only there would become one.
 */
const isStorable = (value: unknown, max: number): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= max &&
  value.isWellFormed() &&
  !value.includes('\0')

/** False for keys that no session can have; asking for one is asking for a missing session. */
export const isUsableKey = (key: SessionKey): boolean =>
  isStorable(key.tenant, longest) && isStorable(key.id, longest)

/** Throws SessionError `invalid` for a key that cannot be stored. */
export function checkKey(key: SessionKey): void {
  checkText('tenant', key.tenant, longest)
  checkText('session id', key.id, longest)
}

/** Throws SessionError `invalid` unless the value is text that survives being stored. */
export function checkText(what: string, value: unknown, max = 1024): void {
  if (isStorable(value, max)) return
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value
  throw new SessionError(
    'invalid',
    `The ${what} ${shown} cannot be stored: give 1 to ${max} characters of well-formed text without NUL.`,
  )
}

/** One text per key and one key per text: the length in front keeps `a` + `bc` and `ab` + `c` apart. */
export const keyText = (key: SessionKey): string => `${key.tenant.length}:${key.tenant}${key.id}`
