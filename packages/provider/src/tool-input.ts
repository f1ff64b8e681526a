import { isExact, isRespelled } from './exact-json.ts'
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
 * Text that changes in a JSON round trip (a number that a double cannot hold, or that is written as `1.0` or `-0`, a key
 * that stands twice) gives its input beside the text, which wins when encoding.
 */
export const toToolInput = (text: string): ToolInput => {
  if (text.trim() === '') return { input: {} }
  const input = parseObject(text)
  if (input === undefined) return { input: {}, inputText: text }
  return survives(text) ? { input } : { input, inputText: text }
}

/** The same of an input that was parsed with its numbers exact. */
export const toPlainInput = (input: JsonObject): ToolInput => {
  if (!isExact(input)) return { input }
  const text = JSON.stringify(input)
  return { input: parseObject(text) ?? {}, inputText: text }
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

/** Walks valid JSON once: is every number written as it would be again, and every key of an object single? */
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
      if (literal !== undefined && isRespelled(literal)) return false
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
