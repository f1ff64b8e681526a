import { type Fields, isFields, toFields, toList } from '../json.ts'

/** What the API cannot hold an answer to, with the words in which it says so; `undefined` where it can. */
export const strictFault = (schema: unknown, path = '()'): string | undefined => {
  if (!isFields(schema)) return undefined
  const own = schema.type === 'object' ? objectFault(schema, path) : undefined
  if (own !== undefined) return own
  const inner: [unknown, string][] = [
    ...Object.entries(toFields(schema.properties)).map(([key, value]): [unknown, string] => [
      value,
      `('properties', '${key}')`,
    ]),
    ...Object.entries(toFields(schema.$defs)).map(([key, value]): [unknown, string] => [
      value,
      `('$defs', '${key}')`,
    ]),
    ...toList(schema.anyOf).map((value): [unknown, string] => [value, `('anyOf')`]),
    [schema.items, `('items')`],
  ]
  for (const [value, where] of inner) {
    const fault = strictFault(value, where)
    if (fault !== undefined) return fault
  }
  return undefined
}

const objectFault = (
  { additionalProperties, properties, required }: Fields,
  path: string,
): string | undefined => {
  if (additionalProperties !== false) {
    return `In context=${path}, 'additionalProperties' is required to be supplied and to be false.`
  }
  const missing = Object.keys(toFields(properties)).find((key) => !toList(required).includes(key))
  return missing === undefined
    ? undefined
    : `In context=${path}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
}
