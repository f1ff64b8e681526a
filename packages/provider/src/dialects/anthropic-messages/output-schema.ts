import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'
import { quote, type Warnings } from '../warnings.ts'

/** Keywords that this API refuses: it writes by the schema, and cannot count or calculate while it does. */
const refused: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'patternProperties'],
])

const formats: ReadonlySet<unknown> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
])

/**
 * A schema that is enforced, of an answer or of a strict tool, as this API takes it: every object closed, `oneOf` as `anyOf`, and what it would refuse said
 * to the model in the description. A schema that it takes stays as it is.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export const toOutputSchema = (
  schema: JsonObject,
  warnings: Warnings,
  of = "the response's schema",
): JsonObject => {
  const dropped = new Set<string>()
  const taken = walk(schema, dropped)
  for (const keyword of dropped) {
    const message = `${quote(keyword)} of ${of} is not enforced: Anthropic reads it as a description.`
    warnings.add('unsupported-option', message)
  }
  return taken
}

const walk = (schema: JsonObject, dropped: Set<string>): JsonObject => {
  const kept: [string, JsonValue | undefined][] = []
  const said: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (isRefused(key, value)) {
      dropped.add(key)
      said.push(`${key}: ${JSON.stringify(value)}`)
    } else if (key === 'oneOf' && schema.anyOf === undefined)
      kept.push(['anyOf', inner('anyOf', value, dropped)])
    else kept.push([key, inner(key, value, dropped)])
  }
  const taken = Object.fromEntries(kept)
  if (isOpenObject(schema)) taken.additionalProperties = false
  if (said.length > 0) {
    const before = typeof schema.description === 'string' ? `${schema.description} ` : ''
    taken.description = `${before}(${said.join(', ')})`
  }
  return taken
}

const isRefused = (key: string, value: JsonValue | undefined): boolean =>
  refused.has(key) ||
  (key === 'minItems' && typeof value === 'number' && value > 1) ||
  (key === 'additionalProperties' && value !== false) ||
  (key === 'format' && !formats.has(value))

/** Other than closed, no object can be written. */
const isOpenObject = ({ type, properties, additionalProperties }: JsonObject): boolean =>
  (type === 'object' || isJsonObject(properties)) && additionalProperties !== false

/** The value of a keyword, with the schemas in it. A property that is called like a keyword is none. */
const inner = (key: string, value: JsonValue | undefined, dropped: Set<string>): JsonValue | undefined => {
  const visit = (item: JsonValue | undefined) => (isJsonObject(item) ? walk(item, dropped) : item)
  if (key === 'items') return visit(value)
  if (key === 'anyOf' || key === 'allOf')
    return Array.isArray(value) ? value.map((item) => visit(item) ?? item) : value
  const isMap = key === 'properties' || key === '$defs' || key === 'definitions'
  return isMap && isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item)]))
    : value
}
