import { claudePerTool, claudeToolInstructions } from './claude-request.ts'
import type { ContentContext } from './content.ts'
import { isClaude } from './overheads.ts'
import { isRecord, type JsonRecord, jsonOf, listOf, textOf, textOrJson } from './values.ts'

/** Schemas deeper than this count as their JSON: none is that deep, and a cycle must end. */
const maxDepth = 32

/** A tool of any vocabulary. */
interface Tool {
  name: string
  description: string
  schema: JsonRecord
}

/**
 * Reads OpenAI's `{ type: 'function', function: { name, parameters } }`, its legacy functions, Anthropic's
 * `input_schema` and our `inputSchema`. Undefined for a provider's own tool, which has no schema.
 */
const readTool = (value: unknown): Tool | undefined => {
  if (!isRecord(value)) return undefined
  const tool = isRecord(value.function) ? value.function : value
  const schema = tool.parameters ?? tool.input_schema ?? tool.inputSchema
  if (typeof tool.name !== 'string') return undefined
  if (schema === undefined && typeof tool.type === 'string' && tool.type !== 'function') return undefined
  return { name: tool.name, description: textOf(tool.description), schema: isRecord(schema) ? schema : {} }
}

const withoutLastDot = (text: string): string => (text.endsWith('.') ? text.slice(0, -1) : text)

const typeOf = (schema: JsonRecord): string =>
  Array.isArray(schema.type) ? schema.type.map(textOrJson).join(' | ') : textOf(schema.type)

// The constants are those of OpenAI's cookbook, "How to count tokens with tiktoken", section on tools.
const perTool = 7
const perToolCl100k = 10
const perProperties = 3
const perProperty = 3
const perEnum = -3
const perEnumItem = 3
const perToolList = 12

const enumTokens = ({ count }: ContentContext, schema: JsonRecord): number => {
  if (!Array.isArray(schema.enum)) return 0
  let tokens = perEnum
  for (const item of schema.enum) tokens += perEnumItem + count(textOrJson(item))
  return tokens
}

/** The published formula stops at the properties of the root; here their own properties count by the same rule. */
const schemaTokens = (context: ContentContext, schema: JsonRecord, depth: number): number => {
  if (depth > maxDepth) return context.count(jsonOf(schema))
  let tokens = 0
  const properties = isRecord(schema.properties) ? Object.entries(schema.properties) : []
  if (properties.length > 0) tokens += perProperties
  for (const [name, value] of properties) {
    const property = isRecord(value) ? value : {}
    const description = withoutLastDot(textOf(property.description))
    tokens += perProperty + enumTokens(context, property)
    tokens += context.count(`${name}:${typeOf(property)}:${description}`)
    tokens += schemaTokens(context, property, depth + 1)
  }
  const inner = [schema.items, ...listOf(schema.anyOf), ...listOf(schema.oneOf), ...listOf(schema.allOf)]
  for (const part of inner) {
    if (isRecord(part)) tokens += enumTokens(context, part) + schemaTokens(context, part, depth + 1)
  }
  for (const definition of isRecord(schema.$defs) ? Object.values(schema.$defs) : []) {
    if (isRecord(definition)) tokens += schemaTokens(context, definition, depth + 1)
  }
  return tokens
}

const chatTools = (context: ContentContext, tools: readonly unknown[]): number => {
  let tokens = perToolList
  for (const value of tools) {
    const tool = readTool(value)
    tokens += context.model.encoding === 'cl100k_base' ? perToolCl100k : perTool
    tokens +=
      tool === undefined
        ? context.count(jsonOf(value))
        : context.count(`${tool.name}:${withoutLastDot(tool.description)}`) +
          schemaTokens(context, tool.schema, 0)
  }
  return tokens
}

/** Whether the model is shown the tool only after it searched for it. */
const isDeferred = (tool: unknown): boolean => isRecord(tool) && tool.defer_loading === true

const claudeTools = (context: ContentContext, tools: readonly unknown[]): number => {
  let tokens = claudeToolInstructions(context.model)
  for (const value of tools) {
    if (isDeferred(value)) continue
    const tool = readTool(value)
    const shown =
      tool === undefined ? value : { name: tool.name, description: tool.description, parameters: tool.schema }
    tokens += claudePerTool + context.count(jsonOf(shown))
  }
  return tokens
}

/** Tokens of the tools of a request, in any vocabulary; 0 for none. */
export const toolsTokens = (context: ContentContext, tools: readonly unknown[]): number => {
  if (tools.length === 0) return 0
  return isClaude(context.model.family) ? claudeTools(context, tools) : chatTools(context, tools)
}
