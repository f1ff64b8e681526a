/** Finds texts in bytes. */
export interface Finder {
  /** Where one of the texts stands, at `from` or behind it, or -1. The position is somewhere within the text. */
  find(bytes: Uint8Array, from: number): number
}

interface Needle {
  text: Uint8Array
  /** The part of it that is searched for; the rest is compared around it. */
  anchor: Uint8Array
  anchorAt: number
}

// Around these JSON may have white space that the compact form has not.
const structural = new Set(Array.from(':,{}[]', (character) => character.charCodeAt(0)))

/**
 * Searches for all of the texts (ASCII) at once, in one pass that skips most bytes: a window as long as the shortest
 * anchor moves by what its last byte allows (Horspool's method over a set). Texts of JSON are given in compact form and
 * found with any white space between their tokens.
 */
export const createFinder = (texts: readonly string[]): Finder => {
  const needles = texts.map(toNeedle)
  const width = Math.min(...needles.map(({ anchor }) => anchor.length))
  const shifts = new Uint8Array(256).fill(width)
  const byLast: (Needle[] | undefined)[] = new Array(256).fill(undefined)
  for (const needle of needles) {
    for (let at = 0; at < width - 1; at += 1) {
      const byte = needle.anchor[at] ?? 0
      shifts[byte] = Math.min(shifts[byte] ?? width, width - 1 - at)
    }
    const last = needle.anchor[width - 1] ?? 0
    byLast[last] = [...(byLast[last] ?? []), needle]
  }
  return {
    find(bytes, from) {
      const { length } = bytes
      let at = from + width - 1
      while (at < length) {
        const byte = bytes[at] ?? 0
        const candidates = byLast[byte]
        if (candidates !== undefined && isAny(candidates, bytes, at - width + 1)) return at - width + 1
        at += shifts[byte] ?? 1
      }
      return -1
    },
  }
}

const toNeedle = (text: string): Needle => {
  const bytes = new TextEncoder().encode(text)
  // What is no JSON (`[DONE]`) is searched for as it is.
  const pieces = text.includes('"') ? text.split(/[:,{}[\]]/) : [text]
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '')
  const anchorAt = text.indexOf(longest)
  return { text: bytes, anchor: bytes.subarray(anchorAt, anchorAt + longest.length), anchorAt }
}

const isAny = (needles: readonly Needle[], bytes: Uint8Array, at: number): boolean => {
  for (const needle of needles) if (isHere(needle, bytes, at)) return true
  return false
}

const isHere = ({ text, anchor, anchorAt }: Needle, bytes: Uint8Array, start: number): boolean => {
  for (let at = 0; at < anchor.length; at += 1) if (bytes[start + at] !== anchor[at]) return false
  let at = start + anchor.length
  for (let next = anchorAt + anchor.length; next < text.length; next += 1) {
    if (mayHaveSpace(text, next)) while (isSpace(bytes[at])) at += 1
    if (bytes[at] !== text[next]) return false
    at += 1
  }
  at = start - 1
  for (let next = anchorAt - 1; next >= 0; next -= 1) {
    if (mayHaveSpace(text, next + 1)) while (isSpace(bytes[at])) at -= 1
    if (bytes[at] !== text[next]) return false
    at -= 1
  }
  return true
}

/** Between the byte at `index` and the one before it. */
const mayHaveSpace = (text: Uint8Array, index: number): boolean =>
  structural.has(text[index] ?? 0) || structural.has(text[index - 1] ?? 0)

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9
