import type { JsonObject, JsonValue } from './types/json.ts'

/*
 * JSON has numbers that a double cannot hold (12345678901234567890, 1e400), and writes one number in many ways (1.0,
 * 1.10, -0). Where they must come out as they went in, they are kept as what `JSON.rawJSON` makes of their text, which
 * `JSON.stringify` writes out again. They stay within requests on their way to another dialect: nothing that a caller
 * of this package gets holds one. A platform that has no `JSON.rawJSON` rounds them.
 * https://github.com/tc39/proposal-json-parse-with-source
 */

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

interface SourceJson {
  rawJSON(text: string): { readonly rawJSON: string }
  isRawJSON(value: unknown): boolean
  parse(text: string, reviver: Reviver): JsonValue
}

const hasSource = (json: object): json is SourceJson => 'rawJSON' in json && 'isRawJSON' in json

const source: SourceJson | undefined = hasSource(JSON) ? JSON : undefined

/**
 * What of a text is kept exact. `request`: numbers that a double cannot hold, and every number of a tool's input.
 * `answer`: the numbers of tool inputs alone. `input`: the text is a tool's input.
 */
type Scope = 'request' | 'answer' | 'input'

/**
 * The value of a JSON text; `undefined` for a text that is none. Numbers are exact as the scope says. A text whose
 * numbers are all as JavaScript writes them costs little more than to parse it.
 */
export const parseExact = (text: string, scope: Scope): JsonValue | undefined => {
  try {
    if (source === undefined || !needsCare(text, scope)) return JSON.parse(text)
    return settle(source.parse(text, toReviver(source)), scope, scope === 'input')
  } catch {
    return parsePlain(text)
  }
}

/** A request's value with its numbers exact; most have none that would not be. `value` is what the bytes parse to. */
export const toExactRequest = (body: Uint8Array, value: JsonObject): JsonObject => {
  if (!hasOddNumber(body)) return value
  const text = new TextDecoder().decode(body)
  const exact = needsCare(text, 'request') ? parseExact(text, 'request') : value
  return isObject(exact) ? exact : value
}

/** Is there any number that is not as plain as nearly all are? Of bytes, since each translated request is asked. */
const hasOddNumber = (bytes: Uint8Array): boolean => {
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte === quote) at = endOfBytes(bytes, at)
    else if (byte !== minus && !isDigit(byte)) at += 1
    else {
      const start = at
      while (isOfNumber(bytes[at] ?? 0)) at += 1
      if (!isPlain(bytes, start, at)) return true
    }
  }
  return false
}

const point = 46
const zero = 48

/** Short, and either whole or a fraction that ends in no zero: `String` writes it so. */
const isPlain = (bytes: Uint8Array, start: number, end: number): boolean => {
  const first = bytes[start] === minus ? start + 1 : start
  if (end - first > 15 || (first > start && bytes[first] === zero)) return false
  let points = 0
  for (let at = first; at < end; at += 1) {
    if (bytes[at] === point) points += 1
    else if (!isDigit(bytes[at] ?? 0)) return false
  }
  // Below a millionth `String` writes an exponent.
  return points === 0 || (points === 1 && bytes[end - 1] !== zero && end - first <= 8)
}

// Most strings are short, and a search costs as much as so many steps; images are long.
const steps = 48

/** Behind the closing quote of the string that begins at `start`. */
const endOfBytes = (bytes: Uint8Array, start: number): number => {
  let at = start + 1
  const limit = at + steps
  while (at < limit) {
    const byte = bytes[at]
    if (byte === quote || byte === undefined) return at + 1
    at += byte === backslash ? 2 : 1
  }
  const from = at
  at -= 1
  while (true) {
    at = bytes.indexOf(quote, at + 1)
    if (at === -1) return bytes.length
    let before = at - 1
    while (before >= from && bytes[before] === backslash) before -= 1
    if ((at - 1 - before) % 2 === 0) return at + 1
  }
}

/** Does an input hold a number that only its text says? */
export const isExact = (value: JsonValue | undefined): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return isExactNumber(value) || Object.values(value).some(isExact)
}

/** Is it a number that was kept as its text? */
export const isExactNumber = (value: unknown): value is { readonly rawJSON: string } =>
  typeof value === 'object' && value !== null && source?.isRawJSON(value) === true

/** The nearest number of one that was kept as its text; any other value as it is. */
export const toPlainNumber = (value: JsonValue | undefined): JsonValue | undefined =>
  isExactNumber(value) ? Number(value.rawJSON) : value

/** Is a number's value other than that of the double that it is read as? */
const isLost = (literal: string): boolean => decimal(literal) !== decimal(String(Number(literal)))

/** Is a number written otherwise than `JSON.stringify` would write it? */
export const isRespelled = (literal: string): boolean => literal !== String(Number(literal))

const parsePlain = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    // Unreadable input is an ordinary case here: each caller decides what it means.
    return undefined
  }
}

/** Is there a number that parsing would change, in a place where that matters? */
const needsCare = (text: string, scope: Scope): boolean => {
  const change = findChange(text, scope === 'request')
  return change === 'lost' || (change === 'respelled' && (scope === 'input' || holdsInput.test(text)))
}

const holdsInput = /"tool_use"|"arguments"/

const quote = 34
const backslash = 92
const minus = 45

/** The worst that parsing does to a number of the text; `isLossSought` goes on to look for a loss. */
const findChange = (text: string, isLossSought: boolean): 'lost' | 'respelled' | undefined => {
  let worst: 'respelled' | undefined
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code !== minus && !isDigit(code)) at += 1
    else {
      const start = at
      at = endOfNumber(text, at)
      if (isCommon(text, start, at)) continue
      const literal = text.slice(start, at)
      if (!isRespelled(literal)) continue
      if (!isLossSought || isLost(literal)) return isLossSought ? 'lost' : 'respelled'
      worst = 'respelled'
    }
  }
  return worst
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** A short whole number, which is what nearly all are. */
const isCommon = (text: string, start: number, end: number): boolean => {
  if (end - start > 15 || text.charCodeAt(start) === minus) return false
  for (let at = start; at < end; at += 1) if (!isDigit(text.charCodeAt(at))) return false
  return true
}

/** Behind the closing quote of the string that begins at `start`; linear also for a string of escapes. */
const endOfString = (text: string, start: number): number => {
  let at = start
  while (true) {
    at = text.indexOf('"', at + 1)
    if (at === -1) return text.length
    let before = at - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    // An even number of backslashes are escaped themselves.
    if ((at - 1 - before) % 2 === 0) return at + 1
  }
}

const endOfNumber = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at += 1
  return at
}

/** A digit, `.`, `e`, `E`, `+` or `-`. */
const isOfNumber = (code: number): boolean =>
  isDigit(code) || code === 46 || code === 101 || code === 69 || code === 43 || code === minus

const toReviver =
  (json: SourceJson): Reviver =>
  (_key, value, { source: text }) =>
    typeof value === 'number' && text !== undefined && isRespelled(text) ? json.rawJSON(text) : value

/** Makes numbers of those that need not be exact where they stand; in place, since nobody else has the value yet. */
const settle = (value: JsonValue, scope: Scope, isInput: boolean): JsonValue => {
  if (typeof value !== 'object' || value === null) return value
  if (isExactNumber(value)) {
    const isKept = isInput || (scope === 'request' && isLost(value.rawJSON))
    return isKept ? value : Number(value.rawJSON)
  }
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) value[at] = settle(item, scope, isInput)
    return value
  }
  for (const [key, field] of Object.entries(value)) {
    if (typeof field !== 'object' || field === null) continue
    value[key] = settle(field, scope, isInput || isInputOf(value, key, scope))
  }
  return value
}

/** A tool's input, as either dialect has it. Blocks that go back as they are hold one in a request alone. */
const isInputOf = (block: JsonObject, key: string, scope: Scope): boolean =>
  (key === 'input' &&
    (block.type === 'tool_use' || (scope === 'request' && typeof block.type === 'string'))) ||
  (key === 'arguments' && typeof block.name === 'string')

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A number's value as `digits e point`, one spelling per value, so that 1.0, 1 and 1e0 are the same. */
const decimal = (literal: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  const digits = whole + fraction
  let first = 0
  while (digits[first] === '0') first += 1
  let last = digits.length
  while (last > first && digits[last - 1] === '0') last -= 1
  // No digits are left of a zero; what is no number at all (Infinity) stands for itself.
  if (first === last) return digits === '' ? literal : '0'
  return `${sign}${digits.slice(first, last)}e${whole.length - first + Number(exponent)}`
}
