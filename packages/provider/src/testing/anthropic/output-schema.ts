import { isFields, toFields, toList } from '../json.ts'
import type { FakeFault } from '../types.ts'
import { invalid } from './rules.ts'

/** What the API cannot write by: it neither counts nor calculates while it does. */
const refused = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'patternProperties', 'oneOf'],
]

/** The faults of the format that an answer is to have. */
export function* formatFaults(config: unknown): Generator<FakeFault> {
  const { format } = toFields(config)
  if (format === undefined || format === null) return
  const { type, schema } = toFields(format)
  if (type !== 'json_schema') {
    yield invalid(`output_config.format: Input tag '${String(type)}' does not match any of the expected tags`)
  }
  if (!isFields(schema)) yield invalid('output_config.format.json_schema.schema: Field required')
  yield* schemaFaults(schema)
}

function* schemaFaults(schema: unknown): Generator<FakeFault> {
  if (!isFields(schema)) return
  const type = String(schema.type)
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    const message = `For 'object' type, 'additionalProperties' must be explicitly set to false`
    yield invalid(`output_config.format.schema: ${message}`)
  }
  const word = refused.find((name) => Object.hasOwn(schema, name))
  if (word !== undefined) {
    yield invalid(`output_config.format.schema: For '${type}' type, property '${word}' is not supported`)
  }
  const inner = [schema.properties, schema.$defs].flatMap((map) => Object.values(toFields(map)))
  for (const value of [...inner, ...toList(schema.anyOf), schema.items]) yield* schemaFaults(value)
}
