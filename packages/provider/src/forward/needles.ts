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

/**
 * Where needles would begin if a pair of their bytes is found. In columns from 1 on, since many pairs are found whose
 * needle is not there, and each branch that is guessed wrongly costs more than all else.
 */
interface Candidates {
  needles: (Needle | undefined)[]
  /** How far the pair stands behind the anchor's beginning. */
  offsets: Uint8Array
  /** How far the needle's last byte stands behind the pair, without white space. */
  lasts: Uint8Array
  /** 1 for a byte that may stand there: it, and what stands there if there is white space. By candidate and byte. */
  allowed: Uint8Array
  /** Another one of the same pair, or 0. */
  others: Uint8Array
}

/**
 * Searches for all of the texts (ASCII, of two characters or more) at once. It looks at pairs of bytes, as far apart as
 * no text can slip through between two of them; nearly all pairs stand in none of the texts, and no step waits for the
 * one before. Texts of JSON are given in compact form and found with any white space between their tokens.
 */
export const createFinder = (texts: readonly string[]): Finder => {
  const needles = texts.map(toNeedle).filter(isFirstOfItsKind)
  const shortest = Math.min(...needles.map(({ from, to }) => to - from))
  // Candidates are numbered in one byte.
  const stride = Math.min(shortest - 1, Math.floor(255 / needles.length))
  // By a pair of bytes, 0 or its first candidate.
  const pairs = new Uint8Array(65_536)
  const candidates = toCandidates(needles, stride, pairs)
  const reach = Math.max(...candidates.offsets)
  return {
    find(bytes, from) {
      let found = -1
      let end = bytes.length - 1
      let at = nextPair(pairs, candidates, bytes, from, end, stride)
      while (at >= 0) {
        const here = firstHere(candidates, pairs[pairAt(bytes, at)] ?? 0, bytes, at, from)
        if (here >= 0 && (found < 0 || here < found)) {
          found = here
          // One that begins earlier may be known by a pair that stands further behind its beginning.
          end = Math.min(end, found + reach)
        }
        at = nextPair(pairs, candidates, bytes, at + stride, end, stride)
      }
      return found
    },
  }
}

const pairAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

/** Where the next pair stands whose needle may be there, or -1. Apart, since a call within the loop would slow it down. */
const nextPair = (
  pairs: Uint8Array,
  { lasts, allowed, others }: Candidates,
  bytes: Uint8Array,
  from: number,
  end: number,
  stride: number,
): number => {
  for (let at = from; at < end; at += stride) {
    const pair = pairs[pairAt(bytes, at)] ?? 0
    if (pair === 0) continue
    const isAllowed = allowed[(pair << 8) | (bytes[at + (lasts[pair] ?? 0)] ?? 0)] ?? 0
    if ((isAllowed | (others[pair] ?? 0)) !== 0) return at
  }
  return -1
}

/** Where the first of a pair's candidates begins, which stands at `at`, or -1. */
const firstHere = (
  { needles, offsets, others }: Candidates,
  pair: number,
  bytes: Uint8Array,
  at: number,
  from: number,
): number => {
  let found = -1
  for (let index = pair; index !== 0; index = others[index] ?? 0) {
    const needle = needles[index]
    const start = at - (offsets[index] ?? 0)
    if (needle === undefined || start < from || !isHere(needle, bytes, start)) continue
    if (found < 0 || start < found) found = start
  }
  return found
}

/** Makes the candidates, and enters them by their pairs. */
const toCandidates = (needles: readonly Needle[], stride: number, pairs: Uint8Array): Candidates => {
  const size = needles.length * stride + 1
  const candidates: Candidates = {
    needles: [undefined],
    offsets: new Uint8Array(size),
    lasts: new Uint8Array(size),
    allowed: new Uint8Array(size << 8),
    others: new Uint8Array(size),
  }
  for (const needle of needles) {
    const { text, from } = needle
    for (const offset of chooseOffsets(needle, stride, pairs)) {
      const pair = pairAt(text, from + offset)
      const index = candidates.needles.push(needle) - 1
      candidates.offsets[index] = offset
      candidates.lasts[index] = text.length - 1 - from - offset
      candidates.others[index] = pairs[pair] ?? 0
      for (const byte of mayEnd(needle)) candidates.allowed[(index << 8) | byte] = 1
      pairs[pair] = index
    }
  }
  return candidates
}

/**
 * As many neighbouring pairs of the anchor as a step is long, of which one is always looked at: those that the fewest
 * others have, and the last ones among these, since names often begin alike.
 */
const chooseOffsets = ({ text, from, to }: Needle, stride: number, pairs: Uint8Array): number[] => {
  let best: number[] = []
  let fewest = Number.POSITIVE_INFINITY
  for (let first = 0; first + stride < to - from; first += 1) {
    const offsets = Array.from({ length: stride }, (_, n) => first + n)
    const shared = offsets.filter((offset) => pairs[pairAt(text, from + offset)] !== 0).length
    if (shared <= fewest) {
      best = offsets
      fewest = shared
    }
  }
  return best
}

/** What may stand where a needle ends that is written without white space: with it, what else is behind the anchor. */
const mayEnd = ({ text, gaps, to }: Needle): Uint8Array =>
  gaps.includes(1, to) ? Uint8Array.of(space, tab, ...text.subarray(to)) : text.subarray(-1)

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

const space = 32
const tab = 9
const isSpace = (byte: number | undefined): boolean => byte === space || byte === tab
