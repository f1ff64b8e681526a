import { Buffer } from 'node:buffer'
import type { HeadHeaders } from './response-head.ts'

/*
 * The lines before and behind a body: the head of an answer, and the trailer of a chunked one. Lines end with CR LF and
 * nothing else does, since whoever takes a bare CR or LF for an end reads other headers than we do.
 * https://www.rfc-editor.org/rfc/rfc9112#section-2.2
 */

/** How much of a block's end has been seen: CR LF CR LF, of which 0 to 3 bytes. */
export interface LineScan {
  seen: number
}

/** The block goes on behind these bytes. */
export const unfinished = -1
/** A control character, or a line end that is none. */
export const malformed = -2

/**
 * Reads on to the empty line that ends a block; returns the position behind it, {@link unfinished} or {@link malformed}.
 * A block that may be empty, as a trailer, begins with `seen` at 2: behind the end of a line.
 */
export const scanLines = (scan: LineScan, bytes: Uint8Array, from: number, to: number): number => {
  let { seen } = scan
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === 10) {
      if (seen === 3) return at + 1
      if (seen !== 1) return malformed
      seen = 2
    } else if (seen === 1 || seen === 3) return malformed
    else if (byte === 13) seen += 1
    else if (byte < 32 ? byte !== 9 : byte === 127) return malformed
    else seen = 0
  }
  scan.seen = seen
  return unfinished
}

/** More than any API sends. Each costs more memory here than on the wire. */
const mostFields = 256

/** Fields of a block, or what is wrong with them. */
export type Fields = { headers: HeadHeaders } | { fault: string; isOverflow?: boolean }

/**
 * The fields of a block that {@link scanLines} has passed, from `at` on, names in lower case and repeated ones joined.
 * https://www.rfc-editor.org/rfc/rfc9112#section-5
 */
export const readFields = (text: string, from: number): Fields => {
  const headers: HeadHeaders = {}
  const last = text.length - 2
  let count = 0
  for (let at = from; at < last; ) {
    count += 1
    if (count > mostFields) return { fault: 'too many headers', isOverflow: true }
    const colon = text.indexOf(':', at)
    const end = text.indexOf('\r\n', at)
    // Also a line that begins with white space, the obsolete way to go on with the one before, has no name.
    const name = colon === -1 || colon > end ? undefined : toName(text.slice(at, colon))
    if (name === undefined) return { fault: 'a header without a proper name' }
    const value = toValue(text, colon + 1, end)
    const before = headers[name]
    // A name such as `constructor` finds what no header is.
    headers[name] = typeof before === 'string' ? `${before}, ${value}` : value
    at = end + 2
  }
  return { headers }
}

/** Without the white space around it. */
const toValue = (text: string, from: number, to: number): string => {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isBlank = (code: number) => code === 32 || code === 9

/** Names as they come → checked and in lower case: there are few, and they repeat. */
const knownNames = new Map<string, string>()
const mostNames = 512
const longestKnown = 64

/** In lower case; undefined where it is no token. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const toName = (raw: string): string | undefined => {
  const known = knownNames.get(raw)
  if (known !== undefined) return known
  if (!isToken(raw)) return undefined
  const name = raw.toLowerCase()
  if (raw.length > longestKnown || knownNames.size >= mostNames) return name
  // A copy: a part of a string may hold all of it, here a whole head.
  const own = Buffer.from(raw, 'latin1').toString('latin1')
  knownNames.set(own, own.toLowerCase())
  return name
}

/** Is it a method, or the name of a header? */
export const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~\w]+$/.test(text)
