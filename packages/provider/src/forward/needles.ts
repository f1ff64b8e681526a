/** Finds texts in bytes. */
export interface Finder {
  /** Where one of the texts stands, at `from` or behind it, or -1. The position is somewhere within the text. */
  find(bytes: Uint8Array, from: number): number
}

/** Finds something in everything. */
export const everyEvent: Finder = { find: (bytes, from) => (from < bytes.length ? from : -1) }

interface Needle {
  key: string
  text: Uint8Array
  /** 1 where white space may stand before the byte: around these tokens the compact form has none. */
  gaps: Uint8Array
  /** The part that is searched for, its anchor; the rest is compared around it. */
  from: number
  to: number
}

/** Where a needle would begin if a pair of its bytes is found. */
interface Candidate {
  needle: Needle
  /** Where in the anchor the pair stands. */
  offset: number
  /** The anchor's first byte, which nearly always tells that it is not here. */
  first: number
}

/**
 * Searches for all of the texts (ASCII, of two characters or more) at once. It looks at pairs of bytes, as far apart as
 * no text can slip through between two of them; nearly all pairs stand in none of the texts, and no step waits for the
 * one before. Texts of JSON are given in compact form and found with any white space between their tokens.
 */
export const createFinder = (texts: readonly string[]): Finder => {
  const needles = texts.map(toNeedle).filter(isFirstOfItsKind)
  const stride = Math.min(...needles.map(({ from, to }) => to - from)) - 1
  // By a pair of bytes, 0 or the place of its candidates among the lists.
  const { pairs, lists } = toPairs(needles, stride)
  return {
    find(bytes, from) {
      const end = bytes.length - 1
      for (let at = from; at < end; at += stride) {
        const place = pairs[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] ?? 0
        if (place === 0) continue
        const found = firstHere(lists[place] ?? [], bytes, at, from)
        if (found >= 0) return found
      }
      return -1
    },
  }
}

/** Where the first of the candidates begins whose pair stands at `at`, or -1. */
const firstHere = (candidates: readonly Candidate[], bytes: Uint8Array, at: number, from: number): number => {
  let found = -1
  for (let index = 0; index < candidates.length; index += 1) {
    const candidate = candidates[index]
    if (candidate === undefined) continue
    const start = at - candidate.offset
    if (bytes[start] !== candidate.first || start < from || !isHere(candidate.needle, bytes, start)) continue
    if (found < 0 || start < found) found = start
  }
  return found
}

const toPairs = (needles: readonly Needle[], stride: number) => {
  const pairs = new Uint8Array(65_536)
  const lists: Candidate[][] = [[]]
  for (const needle of needles) {
    const { text, from } = needle
    for (let offset = 0; offset < stride; offset += 1) {
      const pair = ((text[from + offset] ?? 0) << 8) | (text[from + offset + 1] ?? 0)
      const list = lists[pairs[pair] || lists.length] ?? []
      if (list.length === 0) pairs[pair] = lists.push(list) - 1
      list.push({ needle, offset, first: text[from] ?? 0 })
    }
  }
  return { pairs, lists }
}

/** With any white space between tokens, several ways to write the same text are one. */
const isFirstOfItsKind = ({ key }: Needle, index: number, needles: readonly Needle[]): boolean =>
  needles.findIndex((needle) => needle.key === key) === index

const toNeedle = (given: string): Needle => {
  // What is no JSON (`[DONE]`) is searched for as it is.
  const isJson = given.includes('"')
  const key = isJson ? given.replaceAll(/(?<=[:,{}[\]])\s+|\s+(?=[:,{}[\]])/g, '') : given
  const pieces = isJson ? key.split(/[:,{}[\]]/) : [key]
  const anchor = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '')
  const from = key.indexOf(anchor)
  const gaps = Uint8Array.from(key, (_, at) =>
    isJson && /[:,{}[\]]/.test(key.slice(Math.max(0, at - 1), at + 1)) ? 1 : 0,
  )
  return { key, text: new TextEncoder().encode(key), gaps, from, to: from + anchor.length }
}

const isHere = ({ text, gaps, from, to }: Needle, bytes: Uint8Array, start: number): boolean => {
  // What is behind the anchor first: most often that is what makes the difference (`"usage":{` or `"usage":null`).
  let at = start + to - from
  for (let next = to; next < text.length; next += 1, at += 1) {
    if (gaps[next] === 1) while (isSpace(bytes[at])) at += 1
    if (bytes[at] !== text[next]) return false
  }
  for (let next = from; next < to; next += 1) if (bytes[start + next - from] !== text[next]) return false
  at = start - 1
  for (let next = from - 1; next >= 0; next -= 1, at -= 1) {
    if (gaps[next + 1] === 1) while (isSpace(bytes[at])) at -= 1
    if (bytes[at] !== text[next]) return false
  }
  return true
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9
