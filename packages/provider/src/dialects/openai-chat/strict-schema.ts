import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'

/**
 * Does a schema leave an object open, or a property to choice? OpenAI refuses to be strict about such a one, and wants
 * optional properties written as ones that may be null.
 * https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas
 */
export const isOpenSchema = (schema: JsonValue | undefined): boolean => {
  if (!isJsonObject(schema)) return false
  const { type, properties, required, additionalProperties, items, anyOf, $defs, definitions } = schema
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  const isClosed =
    additionalProperties === false &&
    names.every((name) => Array.isArray(required) && required.includes(name))
  return (
    (type === 'object' && !isClosed) ||
    [properties, $defs, definitions].some(hasOpen) ||
    [items, anyOf].some(isAnyOpen)
  )
}

const hasOpen = (schemas: JsonObject[string]): boolean =>
  isJsonObject(schemas) && Object.values(schemas).some(isOpenSchema)

const isAnyOpen = (schemas: JsonObject[string]): boolean =>
  Array.isArray(schemas) ? schemas.some(isOpenSchema) : isOpenSchema(schemas)
