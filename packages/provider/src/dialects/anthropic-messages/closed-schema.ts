import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'

// What every provider that enforces schemas understands; `default`, `allOf`, `not` and others are refused by some.
const keywords: ReadonlySet<string> = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'enum', 'const', 'format'],
  ...['$ref', '$defs', 'definitions', '$schema', 'title', 'description'],
])

/**
 * Is every object in the schema closed, with all of its properties required, in words that all understand? Such a
 * schema can be asked for strictly anywhere; others are refused by OpenAI then.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export const isClosedSchema = (schema: JsonObject): boolean => schema.type === 'object' && isClosed(schema)

const isClosed = (schema: JsonValue | undefined): boolean => {
  if (!isJsonObject(schema)) return false
  if (!Object.keys(schema).every((key) => keywords.has(key))) return false
  const { properties, items, anyOf, $defs, definitions } = schema
  const inner = [properties, $defs, definitions].flatMap((map) =>
    isJsonObject(map) ? Object.values(map) : [],
  )
  const variants = Array.isArray(anyOf) ? anyOf : []
  return (
    (schema.type !== 'object' || isClosedObject(schema)) &&
    [...inner, ...variants, ...(items === undefined ? [] : [items])].every(isClosed)
  )
}

const isClosedObject = ({ properties, required, additionalProperties }: JsonObject): boolean => {
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  return (
    additionalProperties === false &&
    Array.isArray(required) &&
    names.every((name) => required.includes(name))
  )
}
