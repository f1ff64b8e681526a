/** A value that survives `JSON.parse(JSON.stringify(value))`. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject

/** A JSON object; absent and `undefined` keys mean the same. */
export interface JsonObject {
  [key: string]: JsonValue | undefined
}
