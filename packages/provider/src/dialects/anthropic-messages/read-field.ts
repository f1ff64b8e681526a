import { ProviderError } from '../../errors.ts'
import { toPlainNumber } from '../../exact-json.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'
import { quote } from '../warnings.ts'

/*
 * Checked reading of a client's body. Paths and words are those of Anthropic's own answers, so that whoever reads them
 * there knows them here. `null` is as absent everywhere.
 */

type Field = JsonValue | undefined

/** The error of a field that cannot be meant. */
export const invalidField = (path: string, problem: string): ProviderError =>
  new ProviderError(`${path}: ${problem}`, { code: 'invalid-request', param: path })

/** A field that must be there. */
export const required = <T>(value: T | undefined, path: string): T => {
  if (value === undefined) throw invalidField(path, 'Field required')
  return value
}

const reader =
  <T extends JsonValue>(is: (value: JsonValue) => value is T, what: string) =>
  (field: Field, path: string): T | undefined => {
    const value = toPlainNumber(field)
    if (value === undefined || value === null) return undefined
    if (!is(value)) throw invalidField(path, `Input should be ${what}, not ${quote(value)}`)
    return value
  }

export const readText: (value: Field, path: string) => string | undefined = reader(
  (value): value is string => typeof value === 'string',
  'a valid string',
)

export const readNumber: (value: Field, path: string) => number | undefined = reader(
  (value): value is number => typeof value === 'number',
  'a valid number',
)

export const readFlag: (value: Field, path: string) => boolean | undefined = reader(
  (value): value is boolean => typeof value === 'boolean',
  'a valid boolean',
)

export const readList: (value: Field, path: string) => JsonValue[] | undefined = reader(
  (value): value is JsonValue[] => Array.isArray(value),
  'a valid list',
)

export const readObject: (value: Field, path: string) => JsonObject | undefined = reader(
  (value): value is JsonObject => isJsonObject(value),
  'a valid object',
)

/** A whole number from 0 on. */
export const readCount: (value: Field, path: string) => number | undefined = reader(
  (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
  'a whole number from 0 on',
)
