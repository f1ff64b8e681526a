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
export const otherFields = (value: unknown, known: readonly string[]): JsonObject =>
  isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter(
          ([key, field]) => !known.includes(key) && field !== null && field !== undefined,
        ),
      )
    : {}

/** Later objects win, but a `null` or absent field never hides an earlier figure. */
export const mergeFields = (earlier: JsonObject, later: JsonObject): JsonObject => ({
  ...earlier,
  ...otherFields(later, []),
})
