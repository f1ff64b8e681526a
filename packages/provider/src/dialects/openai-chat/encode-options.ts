import type { CompletionRequest, ToolDefinition } from '../../types/completion.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { fillIn, isTagged, ownExtra, takeExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { quote, type Warnings } from '../warnings.ts'
import type { EncodeContext } from './encode-content.ts'
import { isReasoningModel, takesParallelCalls } from './models.ts'
import { splitFields } from './own-fields.ts'
import { isOpenSchema } from './strict-schema.ts'
import { toWireName } from './tool-names.ts'

const dialect = 'openai-chat'

/** Temperature and top_p, which reasoning models refuse; top_k this wire does not have. */
export const encodeSampling = (request: CompletionRequest, warnings: Warnings): JsonObject => {
  const { model, temperature, topP, topK } = request
  if (topK !== undefined) {
    warnings.add('unsupported-option', 'topK is not sent: Chat Completions has no such option.')
  }
  if (!isReasoningModel(model)) return { temperature, top_p: topP }
  for (const [option, value] of Object.entries({ temperature, topP })) {
    // 1 is the default, so leaving it out changes nothing.
    if (value !== undefined && value !== 1) reject(option, model, warnings)
  }
  return {}
}

/** Stop sequences: no more than four, none for reasoning models. */
export const encodeStop = (request: CompletionRequest, warnings: Warnings): string[] | undefined => {
  const stops = request.stopSequences?.filter((stop) => stop !== '') ?? []
  if (stops.length === 0) return undefined
  if (isReasoningModel(request.model)) {
    reject('stopSequences', request.model, warnings)
    return undefined
  }
  if (stops.length > 4) {
    const message = `Of ${stops.length} stopSequences the first 4 are sent: OpenAI takes no more.`
    warnings.add('unsupported-option', message)
  }
  return stops.slice(0, 4)
}

/** The tools as functions; one that only another dialect understands is left out. */
export const encodeTools = (request: CompletionRequest, context: EncodeContext): JsonObject[] | undefined => {
  const tools = (request.tools ?? []).flatMap((tool) => encodeTool(tool, context))
  return tools.length === 0 ? undefined : tools
}

const encodeTool = (tool: ToolDefinition, context: EncodeContext): JsonObject[] => {
  const { warnings } = context
  const { description } = tool
  const name = toWireName(tool.name)
  if (isForeignTool(tool)) {
    warnings.add('unsupported-option', `Tool ${quote(tool.name)} is not sent: only its own provider runs it.`)
    return []
  }
  const { inner, outer } = splitFields(takeExtra(tool, dialect, `tool ${quote(tool.name)}`, warnings))
  const described = { name, ...(description !== undefined && { description }) }
  if (isCustomTool(tool)) {
    const own = isJsonObject(inner.custom) ? inner.custom : {}
    return [fillIn({ type: 'custom', custom: fillIn(described, own) }, outer)]
  }
  const called = { ...described, parameters: toParameters(tool.inputSchema), ...encodeStrict(tool, context) }
  return [fillIn({ type: 'function', function: fillIn(called, inner) }, outer)]
}

const encodeStrict = (
  { name, strict, inputSchema }: ToolDefinition,
  { quirks, warnings }: EncodeContext,
): JsonObject => {
  if (strict === undefined) return {}
  if (!strict || quirks.strictSchemas !== true || !isOpenSchema(inputSchema)) return { strict }
  const message = `Tool ${quote(name)} is not sent as strict: OpenAI is strict about closed objects alone, all of whose properties are required.`
  warnings.add('unsupported-option', message)
  return {}
}

/** A tool that another dialect's provider runs itself. */
const isForeignTool = (tool: ToolDefinition): boolean => {
  const type = tool.extra?.type
  return typeof type === 'string' && type !== 'custom' && !isTagged(tool, dialect)
}

/** OpenAI refuses an object that does not say which properties it has, not even none. */
const toParameters = (schema: JsonObject): JsonObject =>
  schema.type === 'object' && schema.properties === undefined ? { ...schema, properties: {} } : schema

/** A tool in free text, which only this dialect's own decoder makes. */
const isCustomTool = (tool: ToolDefinition): boolean =>
  isTagged(tool, dialect) && tool.extra?.type === 'custom'

/**
 * The tools and the choice of a request that allows some of its tools, as they were; what is allowed is encoded from
 * the request. `undefined` for any other request.
 */
export const restoreAllowed = (
  request: CompletionRequest,
  encoded: readonly JsonObject[],
): { tools: JsonValue[]; choice: JsonObject } | undefined => {
  const kept = isTagged(request, dialect) ? request.extra?.tool_choice : undefined
  if (!isJsonObject(kept) || !Array.isArray(kept.tools)) return undefined
  const { tools, ...choice } = kept
  const byName = new Map(encoded.map((tool) => [toolName(tool), tool]))
  return { tools: tools.map((tool) => byName.get(toolName(tool)) ?? tool), choice }
}

const toolName = (tool: JsonValue): JsonValue | undefined => {
  const named = isJsonObject(tool) ? (tool.function ?? tool.custom) : undefined
  return isJsonObject(named) ? named.name : undefined
}

/** The tool choice; without tools the wire refuses one. */
export const encodeToolChoice = (
  { toolChoice: choice, tools = [] }: CompletionRequest,
  hasTools: boolean,
  warnings: Warnings,
): JsonObject | string | undefined => {
  if (choice === undefined) return undefined
  if (!hasTools) {
    warnings.add('unsupported-option', 'toolChoice is not sent: the request has no tools.')
    return undefined
  }
  if (choice.type === 'tool') {
    if (tools.some((tool) => tool.name === choice.name && isForeignTool(tool))) {
      const message = `toolChoice is not sent: tool ${quote(choice.name)} is not sent either.`
      warnings.add('unsupported-option', message)
      return undefined
    }
    const isCustom = tools.some((tool) => tool.name === choice.name && isCustomTool(tool))
    const name = toWireName(choice.name)
    return isCustom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } }
  }
  return choice.type === 'any' ? 'required' : choice.type
}

/** May several calls come at once? They may by default, so that a model that cannot be told loses a `false` alone. */
export const encodeParallel = (
  { model, parallelToolCalls }: CompletionRequest,
  { quirks, warnings }: EncodeContext,
): boolean | undefined => {
  if (quirks.strictReasoning !== true || takesParallelCalls(model)) return parallelToolCalls
  if (parallelToolCalls === false) reject('parallelToolCalls', model, warnings)
  return undefined
}

/** The answer's form. */
export const encodeFormat = ({ responseFormat }: CompletionRequest): JsonObject | undefined => {
  if (responseFormat === undefined || responseFormat.type === 'text') return undefined
  if (responseFormat.type === 'json') return { type: 'json_object' }
  const { name, description, schema, strict } = responseFormat
  const described = { name, ...(description !== undefined && { description }), schema }
  return { type: 'json_schema', json_schema: { ...described, ...(strict !== undefined && { strict }) } }
}

/** Metadata; Anthropic's `user_id` means nothing here, and OpenAI takes metadata of a stored completion alone. */
export const encodeMetadata = (
  request: CompletionRequest,
  context: EncodeContext,
): JsonObject | undefined => {
  const { user_id: userId, ...metadata } = request.metadata ?? {}
  const { warnings, quirks } = context
  if (userId !== undefined) {
    warnings.add('unsupported-option', 'metadata "user_id" is not sent: it is Anthropic\'s.')
  }
  if (Object.keys(metadata).length === 0) return undefined
  if (quirks.metadataNeedsStore !== true || ownExtra(request, dialect).store === true) return metadata
  const message =
    'metadata is not sent: OpenAI takes it of a stored completion alone (extra { store: true }).'
  warnings.add('unsupported-option', message)
  return undefined
}

/** Warns of an option that the model refuses. */
export const reject = (option: string, model: string, warnings: Warnings): void =>
  warnings.add('unsupported-option', `${option} is not sent: ${quote(model)} does not take it.`)
