import type { JsonObject, JsonValue } from '@gateway/provider'
import { ToolError } from './errors.ts'
import { isJsonObject } from './json-schema.ts'
import type { ToolLimits } from './limits.ts'
import type { StandardSchemaIssue } from './standard-schema.ts'
import { quote, shorten, utf8Length } from './text.ts'

const maxIssues = 5
const maxIssueLength = 200

const invalid = (message: string, cause?: unknown): ToolError =>
  new ToolError(message, { code: 'invalid-input', cause })

/**
 * The arguments of a call as plain JSON of our own: what the tool does with them reaches no history.
 * @throws ToolError `invalid-input` on what is no JSON object, too large, too deep, or aims at object prototypes.
 */
export const toInput = (value: unknown, limits: ToolLimits): JsonObject => {
  let text: string | undefined
  try {
    text = JSON.stringify(value === undefined ? {} : value)
  } catch (cause) {
    throw invalid('The input cannot be written as JSON: it is cyclic, too deep, or holds a BigInt.', cause)
  }
  if (text === undefined) throw invalid(`The input must be a JSON object, but is a ${typeof value}.`)
  return parseInputText(text, limits)
}

/**
 * Arguments as a model wrote them. Nothing at all means no arguments.
 * @throws ToolError `invalid-input`, as `toInput`, and on text that is not JSON.
 */
export const parseInputText = (text: string, limits: ToolLimits): JsonObject => {
  const bytes = utf8Length(text)
  if (bytes > limits.maxInputBytes) {
    throw invalid(`The input has ${bytes} bytes, at most ${limits.maxInputBytes} are allowed.`)
  }
  if (text.trim() === '') return {}
  const input = parseJson(text)
  if (!isJsonObject(input)) throw invalid(`The input must be a JSON object, but is ${quote(text)}.`)
  checkStructure(input, limits.maxInputDepth)
  return input
}

const parseJson = (text: string): JsonValue => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // Engines word it differently; the position is the part that helps, where there is one.
    const position = /at position \d+/.exec(cause instanceof Error ? cause.message : '')?.[0]
    const where = position === undefined ? '' : ` (fault ${position} of ${text.length})`
    throw invalid(`The input must be a JSON object, but is not valid JSON${where}: ${quote(text)}.`, cause)
  }
}

/** Refuses what is too deep, and the two forms by which a careless merge would change every object's prototype. */
const checkStructure = (value: JsonValue | undefined, levelsLeft: number): void => {
  if (typeof value !== 'object' || value === null) return
  if (levelsLeft === 0) throw invalid('The input is nested too deeply.')
  for (const [key, child] of Object.entries(value)) {
    if (!key.isWellFormed()) throw invalid(`The input has a key that is not valid Unicode: ${quote(key)}.`)
    if (key === '__proto__') throw invalid('The input has a key "__proto__", which is not allowed.')
    if (key === 'constructor' && isJsonObject(child) && Object.hasOwn(child, 'prototype')) {
      throw invalid('The input has a key "constructor" with a "prototype" in it, which is not allowed.')
    }
    checkStructure(child, levelsLeft - 1)
  }
}

/** What is wrong with an input, in one text that lets a model do better: the path and what was expected there. */
export const describeIssues = (issues: readonly StandardSchemaIssue[]): string => {
  const lines = issues.slice(0, maxIssues).map(({ message, path = [] }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
    return shorten(`${keys.length === 0 ? 'input' : keys.join('.')}: ${message}`, maxIssueLength)
  })
  const more = issues.length - lines.length
  return `The input does not fit:\n${lines.join('\n')}${more > 0 ? `\n(and ${more} more)` : ''}`
}
