import type { JsonObject, JsonValue } from '../types/json.ts'

/** True for an object that is no array. What came out of `JSON.parse` is JSON all the way down. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a JSON text, or `undefined` for a text that is not JSON. */
export const parseJson = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    // Unreadable input is an ordinary case here: each caller decides what it means.
    return undefined
  }
}

/** The fields of an object that are not in `known`; `null` and absent say the same on these wires and are left out. */
export const otherFields = (value: unknown, known: readonly string[]): JsonObject => {
  const others: JsonObject = {}
  if (!isJsonObject(value)) return others
  for (const key in value) {
    const field = value[key]
    if (field !== null && field !== undefined && !known.includes(key)) put(others, key, field)
  }
  return others
}

/** Sets a field of an object of ours, whatever it is called. */
export const put = (object: JsonObject, key: string, value: JsonValue | undefined): void => {
  // Assigned, it would be the prototype.
  if (key === '__proto__') Object.defineProperty(object, key, { value, ...plain })
  else object[key] = value
}

const plain = { enumerable: true, configurable: true, writable: true }

/** Later objects win, but a `null` or absent field never hides an earlier figure. */
export const mergeFields = (earlier: JsonObject | undefined, later: JsonObject): JsonObject => {
  const said = otherFields(later, [])
  return earlier === undefined ? said : { ...earlier, ...said }
}
