import { dereference, type Schema, validate } from '@cfworker/json-schema'
import type { JsonObject } from '@gateway/provider'
import { messageOf, ToolError } from './errors.ts'
import type { StandardSchemaIssue, StandardSchemaV1 } from './standard-schema.ts'
import { quote } from './text.ts'

/** Formats whose check takes linear time in the validator; others stay annotations, as the specification has it. */
const checkedFormats = new Set([
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uuid',
])

/** `uniqueItems` compares every item with every other, so longer arrays are refused where a schema has it. */
const maxUniqueItems = 1000

/** Below this size all faults are looked for, above it only the first: each fault costs a few hundred bytes. */
const maxNodesForAllFaults = 1000

/** Keywords that only say that something below them failed; the fault itself is reported with its own keyword. */
const summaryKeywords = new Set([
  '$ref',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
])

/**
 * A JSON Schema (draft 2020-12) as a Standard Schema. Validates without generating code, changes no value and fills
 * in no defaults.
 * @throws ToolError `invalid-tool` on a pattern that does not compile, a reference that leads nowhere, or the like.
 */
export const fromJsonSchema = (schema: JsonObject): StandardSchemaV1<unknown, JsonObject> => {
  const { root, lookup, comparesItems } = compile(schema)
  const check = (value: unknown, firstFaultOnly: boolean) =>
    validate(value, root, '2020-12', lookup, firstFaultOnly)
  const findIssues = (value: unknown): StandardSchemaIssue[] => {
    const size = measure(value)
    if (comparesItems && size.longestArray > maxUniqueItems) {
      return [
        { message: `An array has ${size.longestArray} items, at most ${maxUniqueItems} can be checked.` },
      ]
    }
    const quick = check(value, true)
    if (quick.valid) return []
    const { errors } = size.nodes > maxNodesForAllFaults ? quick : check(value, false)
    const faults = errors.filter(({ keyword }) => !summaryKeywords.has(keyword))
    return (faults.length === 0 ? errors : faults).map((unit) => ({
      message: unit.keyword === 'false' ? 'This is not allowed here.' : unit.error,
      path: toPath(unit.instanceLocation),
    }))
  }
  return {
    '~standard': {
      version: 1,
      vendor: 'gateway-tool',
      validate: (value) => {
        const issues = findIssues(value)
        return issues.length === 0 && isJsonObject(value) ? { value } : { issues }
      },
    },
  }
}

/** True for what JSON calls an object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface CompiledSchema {
  root: Schema
  /** Where references lead. */
  lookup: Record<string, Schema | boolean>
  comparesItems: boolean
}

/** One for all schemas without references. */
const noReferences: CompiledSchema['lookup'] = Object.freeze({})

/** Finds now what would make the validator throw later, in the middle of a call. */
const compile = (schema: JsonObject): CompiledSchema => {
  // A copy, since `dereference` notes addresses in the schema.
  const root: Schema = JSON.parse(JSON.stringify(schema))
  try {
    const lookup = dereference(root)
    const parts = Object.values(lookup).filter((part) => typeof part === 'object')
    for (const part of parts) checkPart(part, lookup)
    validate({}, root, '2020-12', lookup, true)
    const unchecked = parts.filter(({ format }) => format !== undefined && !checkedFormats.has(format))
    for (const part of unchecked) delete part.format
    const comparesItems = parts.some((part) => part.uniqueItems === true)
    const hasReferences = parts.some((part) => part.$ref !== undefined || part.$recursiveRef !== undefined)
    // Most schemas have no references and are checked as they are, which halves what a tool holds in memory.
    return hasReferences || unchecked.length > 0
      ? { root, lookup, comparesItems }
      : { root: schema, lookup: noReferences, comparesItems }
  } catch (cause) {
    throw new ToolError(`The JSON Schema cannot be used: ${messageOf(cause)}.`, {
      code: 'invalid-tool',
      cause,
    })
  }
}

const checkPart = (part: Schema, lookup: Record<string, Schema | boolean>): void => {
  if (part.pattern !== undefined) new RegExp(part.pattern, 'u')
  for (const pattern of Object.keys(part.patternProperties ?? {})) new RegExp(pattern, 'u')
  if (part.__absolute_ref__ !== undefined && lookup[part.__absolute_ref__] === undefined) {
    throw new Error(`the reference ${quote(String(part.$ref))} leads nowhere`)
  }
}

const measure = (value: unknown): { nodes: number; longestArray: number } => {
  const size = { nodes: 0, longestArray: 0 }
  const visit = (node: unknown): void => {
    size.nodes += 1
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) size.longestArray = Math.max(size.longestArray, node.length)
    for (const child of Object.values(node)) visit(child)
  }
  visit(value)
  return size
}

/** `#/a/b~1c%20d` → `['a', 'b/c d']` */
const toPath = (location: string): string[] =>
  location
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
