/** A part of a text. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A text that is searched for. */
export interface Needle {
  /** Of JSON in compact form. */
  readonly text: Uint8Array
  /** 1 where white space may stand before the byte: around the tokens of JSON. */
  readonly gaps: Uint8Array
  /** Its longest token and those behind it. Any of them can be searched for; the rest is compared around it. */
  readonly anchors: readonly Span[]
}

/** The needles of texts; with any white space between tokens, several ways to write the same text are one. */
export const toNeedles = (texts: readonly string[]): Needle[] =>
  [...new Set(texts.map(toCompact))].map(toNeedle)

// What is no JSON (`[DONE]`) is searched for as it is.
const isJson = (text: string): boolean => text.includes('"')

const toCompact = (text: string): string =>
  isJson(text) ? text.replaceAll(/(?<=[:,{}[\]])\s+|\s+(?=[:,{}[\]])/g, '') : text

const toNeedle = (text: string): Needle => {
  const tokens = isJson(text)
    ? Array.from(text.matchAll(/[^:,{}[\]]+/g), ({ 0: token, index: from }) => ({
        from,
        to: from + token.length,
      }))
    : [{ from: 0, to: text.length }]
  const most = longestOf(tokens)
  const gaps = Uint8Array.from(text, (_, at) =>
    isJson(text) && /[:,{}[\]]/.test(text.slice(Math.max(0, at - 1), at + 1)) ? 1 : 0,
  )
  const anchors = tokens.slice(tokens.findIndex((token) => lengthOf(token) === most))
  return { text: new TextEncoder().encode(text), gaps, anchors }
}

/** How long a part is. */
export const lengthOf = ({ from, to }: Span): number => to - from

/** How long the longest part is. */
export const longestOf = (spans: readonly Span[]): number => Math.max(...spans.map(lengthOf))

/** Does the needle stand where its anchor would begin at `start`? */
export const isHere = (
  { text, gaps }: Needle,
  { from, to }: Span,
  bytes: Uint8Array,
  start: number,
): boolean => {
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

/** What may stand at a place from the anchor's beginning on: white space moves what is behind the anchor. */
export const mayStandAt = ({ text, gaps }: Needle, { to }: Span, place: number): Uint8Array =>
  gaps.subarray(to, place + 1).includes(1)
    ? Uint8Array.of(space, tab, ...text.subarray(to, place + 1))
    : text.subarray(place, place + 1)

const space = 32
const tab = 9
const isSpace = (byte: number | undefined): boolean => byte === space || byte === tab
