import type { JsonObject } from './types/json.ts'

/** A tool's arguments as the vocabulary carries them. */
export interface ToolInput {
  input: JsonObject
  /** Set where `input` alone would not give the same arguments back. */
  inputText?: string | undefined
}

/**
 * Reads a tool's raw arguments; never throws.
 * No text is no arguments: `{}`. Text that is not the JSON of an object gives an empty input beside that text.
 * Text whose values change in a JSON round trip (a number that a double cannot hold, a key that stands twice) gives
 * its input beside the text, which wins when encoding.
 */
export const toToolInput = (text: string): ToolInput => {
  if (text.trim() === '') return { input: {} }
  const input = parseObject(text)
  if (input === undefined) return { input: {}, inputText: text }
  return survives(text) ? { input } : { input, inputText: text }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    // Cut or invalid arguments are ordinary input here; the caller keeps their text.
    return undefined
  }
}

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const colon = /\s*:/y

/** Walks valid JSON once: is every number exact and every key of an object single? */
const survives = (text: string): boolean => {
  // One entry per open object or array; an array has no keys.
  const open: (Set<string> | undefined)[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at]
    let end = at + 1
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      end = endOfString(text, at)
      colon.lastIndex = end
      if (colon.test(text) && !addKey(open.at(-1), text.slice(at, end))) return false
    } else {
      number.lastIndex = at
      const literal = number.exec(text)?.[0]
      if (literal !== undefined && decimal(literal) !== decimal(String(Number(literal)))) return false
      end = at + (literal?.length ?? 1)
    }
    at = end
  }
  return true
}

/** False when the key was there before; `"a"` and `"\u0061"` are one key. */
const addKey = (keys: Set<string> | undefined, literal: string): boolean => {
  if (keys === undefined) return true
  const key = String(JSON.parse(literal))
  if (keys.has(key)) return false
  keys.add(key)
  return true
}

/** Where the string literal that begins at `start` ends; linear also for a string of escapes. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

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
