/** One member of a JSON object, by where it stands in the bytes. */
export interface JsonMember {
  /** The key as it reads, escapes undone. */
  key: string
  valueStart: number
  /** After the value's last byte. */
  valueEnd: number
}

const quote = 34
const backslash = 92
const comma = 44
const colon = 58
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9

/**
 * The members of the object that begins at or behind `from`, those of inner objects not. The bytes must be JSON that a
 * parser took; for anything else the result means nothing.
 */
export const jsonMembers = (bytes: Uint8Array, from: number): JsonMember[] => {
  const members: JsonMember[] = []
  let at = skipSpace(bytes, bytes.indexOf(123, from) + 1)
  while (bytes[at] === quote) {
    const keyEnd = endOfString(bytes, at)
    const key: unknown = JSON.parse(decoder.decode(bytes.subarray(at, keyEnd)))
    at = skipSpace(bytes, keyEnd)
    if (bytes[at] !== colon) break
    const valueStart = skipSpace(bytes, at + 1)
    const valueEnd = endOfValue(bytes, valueStart)
    members.push({ key: String(key), valueStart, valueEnd })
    at = skipSpace(bytes, valueEnd)
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1)
  }
  return members
}

const decoder = new TextDecoder()

const skipSpace = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (isSpace(bytes[at])) at += 1
  return at
}

/** Behind the closing quote of the string that begins at `from`. */
const endOfString = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (true) {
    at = bytes.indexOf(quote, at + 1)
    if (at < 0) return bytes.length
    let before = at - 1
    while (bytes[before] === backslash) before -= 1
    // An even number of backslashes are escaped themselves.
    if ((at - 1 - before) % 2 === 0) return at + 1
  }
}

const endOfValue = (bytes: Uint8Array, from: number): number => {
  const first = bytes[from]
  if (first === quote) return endOfString(bytes, from)
  let at = from
  if (first !== 123 && first !== 91) {
    // A number or a word ends before a comma, a bracket or white space.
    while (at < bytes.length && !isDelimiter(bytes[at])) at += 1
    return at
  }
  let depth = 0
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === quote) {
      at = endOfString(bytes, at)
      continue
    }
    at += 1
    if (byte === 123 || byte === 91) depth += 1
    if (byte === 125 || byte === 93) depth -= 1
    if (depth === 0) return at
  }
  return at
}

const isDelimiter = (byte: number | undefined): boolean =>
  byte === comma || byte === 125 || byte === 93 || isSpace(byte)
