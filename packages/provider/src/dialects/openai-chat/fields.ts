import { ProviderError } from '../../errors.ts'
import { isExactNumber, toPlainNumber } from '../../exact-json.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { quote } from '../warnings.ts'

/*
 * Reading a client's JSON. A field that cannot be meant is a ProviderError `invalid-request` whose `param` is its path,
 * written as OpenAI writes it: `messages[2].content[0].type`. `null` and absent say the same.
 */

type Field = JsonValue | undefined

/** The error of a field that cannot be meant. */
export const invalid = (param: string, message: string): ProviderError =>
  new ProviderError(message, { code: 'invalid-request', param })

const wrongType = (path: string, expected: string, value: Field): ProviderError =>
  value === undefined
    ? invalid(path, `'${path}' is missing: it must be ${expected}.`)
    : invalid(path, `'${path}' must be ${expected}, not ${describe(value)}.`)

const describe = (value: Field): string => {
  if (Array.isArray(value)) return 'a list'
  return isJsonObject(value) ? 'an object' : quote(value)
}

/** A text, which may be empty. */
export const requireText = (value: Field, path: string): string => {
  if (typeof value !== 'string') throw wrongType(path, 'a string', value)
  return value
}

/** A text of at least one character: a name or an id. */
export const requireName = (value: Field, path: string): string => {
  if (typeof value !== 'string' || value === '') throw wrongType(path, 'a string that is not empty', value)
  return value
}

/** An object. */
export const requireObject = (value: Field, path: string): JsonObject => {
  if (!isJsonObject(value) || isExactNumber(value)) throw wrongType(path, 'an object', toPlainNumber(value))
  return value
}

/** An object with a name, and where it stands. */
export interface Named {
  name: string
  fields: JsonObject
  path: string
}

/** An object that must have a name. */
export const requireNamed = (value: Field, path: string): Named => {
  const fields = requireObject(value, path)
  return { name: requireName(fields.name, `${path}.name`), fields, path }
}

/** What stands under its own type, as this wire writes tools, calls and choices: `{ type, [type]: { name } }`. */
export const requireTyped = <T extends string>(
  value: JsonObject,
  types: readonly T[],
  path: string,
): Named & { type: T } => {
  const type = requireWord(value.type, types, `${path}.type`)
  return { type, ...requireNamed(value[type], `${path}.${type}`) }
}

/** A list; `of` says of what, for the error. */
export const requireList = (value: Field, path: string, of: string): JsonValue[] => {
  if (!Array.isArray(value)) throw wrongType(path, `a list of ${of}`, value)
  return value
}

/** One of some words. */
export const requireWord = <W extends string>(value: Field, words: readonly W[], path: string): W => {
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) throw wrongType(path, `one of ${words.map(quote).join(', ')}`, value)
  return word
}

/** A text, or none. */
export const optionalText = (value: Field, path: string): string | undefined =>
  value == null ? undefined : requireText(value, path)

/** An object, or none. */
export const optionalObject = (value: Field, path: string): JsonObject | undefined =>
  value == null ? undefined : requireObject(value, path)

/** True or false, or neither. */
export const optionalFlag = (value: Field, path: string): boolean | undefined => {
  if (value == null) return undefined
  if (typeof value !== 'boolean') throw wrongType(path, 'true or false', value)
  return value
}

/** A number, or none. */
export const optionalNumber = (field: Field, path: string): number | undefined => {
  const value = toPlainNumber(field)
  if (value == null) return undefined
  if (typeof value !== 'number') throw wrongType(path, 'a number', value)
  return value
}

/** A whole number from 1 up, or none. */
export const optionalCount = (field: Field, path: string): number | undefined => {
  const value = toPlainNumber(field)
  if (value == null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw wrongType(path, 'a whole number from 1 up', value)
  }
  return value
}

/**
 * The fields that are not in `known`, to be kept. One that is named like the tag of `extra` is not: a client must not
 * pass its fields off as another dialect's.
 */
export const restOf = (value: JsonObject, known: readonly string[]): JsonObject => {
  const { dialect: _, ...rest } = otherFields(value, known)
  return rest
}
