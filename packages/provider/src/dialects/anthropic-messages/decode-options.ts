import type {
  CompletionRequest,
  ReasoningOptions,
  ResponseFormat,
  ToolChoice,
  ToolDefinition,
} from '../../types/completion.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { toExtra, withExtra } from '../extra.ts'
import { otherFields } from '../json.ts'
import { quote, type Warnings } from '../warnings.ts'
import { isClosedSchema } from './closed-schema.ts'
import { invalidField, readCount, readFlag, readList, readObject, readText, required } from './read-field.ts'

const dialect = 'anthropic-messages'

/** The tools. One that is Anthropic's own is told by its type and keeps all of its words; a toolset has no name. */
export const decodeTools = (value: JsonValue | undefined): ToolDefinition[] | undefined =>
  readList(value, 'tools')?.map((item, at) => decodeTool(item, `tools.${at}`))

const decodeTool = (value: JsonValue, path: string): ToolDefinition => {
  const tool = required(readObject(value, path), path)
  const type = readText(tool.type, `${path}.type`)
  const name = readText(tool.name, `${path}.name`)
  if (type !== undefined && type !== 'custom') {
    return { name: name ?? '', inputSchema: {}, ...withExtra(dialect, otherFields(tool, ['name'])) }
  }
  const schema = `${path}.input_schema`
  const description = readText(tool.description, `${path}.description`)
  const strict = readFlag(tool.strict, `${path}.strict`)
  // That this wire wrote a strict tool says that its schema is one that it enforces.
  const extra = toExtra(dialect, otherFields(tool, ['name', 'description', 'input_schema', 'strict']))
  return {
    name: required(name, `${path}.name`),
    ...(description !== undefined && { description }),
    inputSchema: required(readObject(tool.input_schema, schema), schema),
    ...(strict !== undefined && { strict }),
    ...(extra !== undefined ? { extra } : strict === true && { extra: { dialect } }),
  }
}

/** Which tools may be called, and whether several at once. */
export const decodeToolChoice = (
  value: JsonValue | undefined,
): Pick<CompletionRequest, 'toolChoice' | 'parallelToolCalls'> => {
  const choice = readObject(value, 'tool_choice')
  if (choice === undefined) return {}
  const one = readFlag(choice.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use')
  return {
    toolChoice: toToolChoice(choice),
    ...(one !== undefined && { parallelToolCalls: !one }),
  }
}

const toToolChoice = (choice: JsonObject): ToolChoice => {
  const { type } = choice
  if (type === 'auto' || type === 'any' || type === 'none') return { type }
  if (type !== 'tool') {
    throw invalidField(
      'tool_choice.type',
      `Input should be 'auto', 'any', 'none' or 'tool', not ${quote(type)}`,
    )
  }
  return { type, name: required(readText(choice.name, 'tool_choice.name'), 'tool_choice.name') }
}

const efforts: Readonly<Record<string, ReasoningOptions['effort']>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
}

/** How much the model is to think. Adaptive thinking without an effort is left to the model, there as here. */
export const decodeReasoning = (body: JsonObject, warnings: Warnings): ReasoningOptions | undefined => {
  const thinking = readObject(body.thinking, 'thinking')
  const wire = readText(readObject(body.output_config, 'output_config')?.effort, 'output_config.effort')
  const extra = toExtra(dialect, {
    ...(thinking !== undefined && { thinking }),
    ...(wire !== undefined && { effort: wire }),
  })
  if (extra === undefined) return undefined
  const type = thinking && required(readText(thinking.type, 'thinking.type'), 'thinking.type')
  if (type === 'disabled') return { effort: 'none', extra }
  const budget = readCount(thinking?.budget_tokens, 'thinking.budget_tokens')
  const effort = wire !== undefined && Object.hasOwn(efforts, wire) ? efforts[wire] : undefined
  if (wire !== undefined && wire !== effort) {
    const message = `The effort ${quote(wire)} is ${effort === undefined ? 'not known' : 'read as "high"'} outside of Anthropic.`
    warnings.add('unsupported-option', message)
  }
  return {
    ...(effort !== undefined && { effort }),
    ...(budget !== undefined && { budgetTokens: budget }),
    extra,
  }
}

/** The form of the answer, by its place today or by the one that it had before (`output_format`). */
export const decodeFormat = (body: JsonObject): ResponseFormat | undefined => {
  const config = readObject(body.output_config, 'output_config')
  const format =
    readObject(config?.format, 'output_config.format') ?? readObject(body.output_format, 'output_format')
  if (format?.type !== 'json_schema') return undefined
  const path = 'output_config.format.schema'
  const schema = required(readObject(format.schema, path), path)
  // This API enforces every schema; elsewhere that must be asked for, and is refused for an open one.
  return { type: 'json-schema', name: 'response', schema, ...(isClosedSchema(schema) && { strict: true }) }
}

/** What of these options the vocabulary does not carry. */
export const restOfOptions = (body: JsonObject): JsonObject => {
  const config = readObject(body.output_config, 'output_config')
  const isRead = readObject(config?.format, 'output_config.format')?.type === 'json_schema'
  const choice = readObject(body.tool_choice, 'tool_choice')
  const rest = {
    output_config: otherFields(config, isRead ? ['effort', 'format'] : ['effort']),
    tool_choice: otherFields(choice, ['type', 'name', 'disable_parallel_tool_use']),
    metadata: otherFields(readObject(body.metadata, 'metadata'), ['user_id']),
  }
  return Object.fromEntries(Object.entries(rest).filter(([, fields]) => Object.keys(fields).length > 0))
}
