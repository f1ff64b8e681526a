/** What a dialect accepts as the id of a tool use. */
export interface ToolIdRule {
  /** Characters that may not stand in it, as a global expression. */
  illegal?: RegExp | undefined
  /** Most characters. */
  maxLength: number
}

/**
 * The id that this dialect accepts for one of any origin: itself where it is legal, else what is legal of it and a
 * hash. A pure function of the id, so that a use and its result always meet, also in another process.
 */
export const toToolId = (id: string, { illegal, maxLength }: ToolIdRule): string => {
  const legal = illegal === undefined ? id : id.replaceAll(illegal, '_')
  if (legal === id && id !== '' && id.length <= maxLength) return id
  const suffix = hash(id)
  return `${legal.slice(0, maxLength - suffix.length - 1)}_${suffix}`
}

/** FNV-1a over UTF-16 units from two offsets, 16 hex digits: not secure, but two ids of one history never meet. */
const hash = (text: string): string => fnv(text, 0x811c9dc5) + fnv(text, 0x01234567)

const fnv = (text: string, offset: number): string => {
  let value = offset
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  return (value >>> 0).toString(16).padStart(8, '0')
}
