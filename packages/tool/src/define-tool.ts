import type { JsonObject } from '@gateway/provider'
import { messageOf, ToolError } from './errors.ts'
import { fromJsonSchema, isJsonObject } from './json-schema.ts'
import { maxTimeoutMs } from './limits.ts'
import { type InferOutput, isStandardSchema, type StandardSchemaV1 } from './standard-schema.ts'
import { quote } from './text.ts'
import type { Tool, ToolContext, ToolOutput } from './types.ts'

/** What every definition of a tool says. */
export interface ToolDefinitionBase<Input> {
  /** What the model calls it by: 1 to 64 of `a-z A-Z 0-9 _ -`. */
  name: string
  /** What it does and when to use it, for the model. */
  description: string
  /** May a call whose outcome is unknown be run again? @defaultValue false */
  idempotent?: boolean | undefined
  /** Refused by the default policy. @defaultValue false */
  dangerous?: boolean | undefined
  /** Milliseconds, at most 10 minutes. @defaultValue the registry's limit (10 s) */
  timeoutMs?: number | undefined
  /** Runs with input that was validated. What it throws ends the call as `failed`, with the message for the model. */
  execute(input: Input, context: ToolContext): ToolOutput | Promise<ToolOutput>
}

/** A tool whose input is described with a schema library (zod, valibot, arktype…). */
export interface StandardSchemaToolOptions<Schema extends StandardSchemaV1>
  extends ToolDefinitionBase<InferOutput<Schema>> {
  input: Schema
  /** JSON Schema for the model, where the library offers none (Standard Schema 1.1) or a better one is wanted. */
  inputSchema?: JsonObject | undefined
}

/** A tool whose input is described with JSON Schema (draft 2020-12). */
export interface JsonSchemaToolOptions<Input extends object> extends ToolDefinitionBase<Input> {
  input: JsonObject
}

/**
 * Defines a tool.
 *
 * With a Standard Schema the type of the input is inferred. JSON Schema has no type of its own: name one,
 * `defineTool<{ city: string }>({ … })`, and it is as true as the schema is; without one the input is a `JsonObject`.
 *
 * @throws ToolError `invalid-tool` on a malformed name, a timeout out of range, a schema that is none or whose root
 * is not `"type": "object"`, and a schema library that cannot derive JSON Schema while `inputSchema` is missing.
 * @example
 * ```ts
 * const weather = defineTool({
 *   name: 'weather',
 *   description: 'The weather in a city right now.',
 *   input: z.object({ city: z.string() }),
 *   execute: async ({ city }, { signal }) => (await fetch(urlOf(city), { signal })).text(),
 * })
 * ```
 */
export function defineTool<Schema extends StandardSchemaV1>(options: StandardSchemaToolOptions<Schema>): Tool
export function defineTool<Input extends object = JsonObject>(options: JsonSchemaToolOptions<Input>): Tool
export function defineTool(
  options: ToolDefinitionBase<unknown> & {
    input: StandardSchemaV1 | JsonObject
    inputSchema?: JsonObject | undefined
  },
): Tool {
  const { name, description, input, idempotent = false, dangerous = false, timeoutMs } = options
  const given = isStandardSchema(input) ? (options.inputSchema ?? deriveJsonSchema(name, input)) : input
  assertTool({ name, timeoutMs, inputSchema: given })
  // A copy, so that neither side changes what the other one holds.
  const inputSchema: JsonObject = JSON.parse(JSON.stringify(given))
  return {
    name,
    description,
    inputSchema,
    idempotent,
    dangerous,
    timeoutMs,
    schema: isStandardSchema(input) ? input : fromJsonSchema(inputSchema),
    execute: (value, context) => options.execute(value, context),
  }
}

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/** @throws ToolError `invalid-tool`. Also used on tools that were made without `defineTool`. */
export const assertTool = (tool: Pick<Tool, 'name' | 'timeoutMs' | 'inputSchema'>): void => {
  const { name, timeoutMs, inputSchema } = tool
  const refuse = (message: string): never => {
    throw new ToolError(message, { code: 'invalid-tool', tool: name })
  }
  if (typeof name !== 'string' || !namePattern.test(name)) {
    refuse(`A tool's name must be 1 to 64 of the characters a-z A-Z 0-9 _ -, got ${quote(String(name))}.`)
  }
  const isTimeout = (value: number) => Number.isSafeInteger(value) && value > 0 && value <= maxTimeoutMs
  if (timeoutMs !== undefined && !isTimeout(timeoutMs)) {
    refuse(`timeoutMs of tool "${name}" must be a whole number from 1 to ${maxTimeoutMs}, got ${timeoutMs}.`)
  }
  if (!isJsonObject(inputSchema) || inputSchema.type !== 'object') {
    refuse(
      `The input schema of tool "${name}" must have "type": "object" at its root: models call tools with objects.`,
    )
  }
}

const deriveJsonSchema = (name: string, schema: StandardSchemaV1): JsonObject => {
  const { jsonSchema, vendor } = schema['~standard']
  const hint = `pass "inputSchema", a JSON Schema, beside "input"`
  if (jsonSchema === undefined) {
    const message = `The schema library ${quote(vendor)} of tool ${quote(name)} does not derive JSON Schema; ${hint}.`
    throw new ToolError(message, { code: 'invalid-tool', tool: name })
  }
  try {
    const derived = jsonSchema.input({ target: 'draft-2020-12' })
    // The dialect's address says nothing to a model and costs tokens in every request.
    const { $schema: _, ...rest }: JsonObject = JSON.parse(JSON.stringify(derived))
    return rest
  } catch (cause) {
    const message = `The schema of tool ${quote(name)} cannot be written as JSON Schema (${messageOf(cause)}); ${hint}.`
    throw new ToolError(message, { code: 'invalid-tool', tool: name, cause })
  }
}
