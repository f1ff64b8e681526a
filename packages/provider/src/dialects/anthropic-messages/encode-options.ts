import type { CompletionRequest, ToolDefinition } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { fillIn, isTagged, ownExtra, takeExtra } from '../extra.ts'
import { quote, type Warnings } from '../warnings.ts'
import { isAdaptive, takesOneSampler, takesStrictTools } from './models.ts'
import { toOutputSchema } from './output-schema.ts'

/** Since this API version there are no sampling options, for any model. */
const takesNoSampling = (version: string | undefined): boolean =>
  version !== undefined && version >= '2026-10-21'

/** Temperature, top_p and top_k, as far as the model takes them beside what else is asked. */
export const encodeSampling = (
  request: CompletionRequest,
  isThinking: boolean,
  version: string | undefined,
  warnings: Warnings,
): JsonObject => {
  const { model, temperature, topP, topK } = request
  const newer =
    (isAdaptive(model) && `${quote(model)} takes no sampling options`) ||
    (takesNoSampling(version) && `API version ${version} takes no sampling options`) ||
    undefined
  const thinking = isThinking ? 'thinking excludes it' : undefined
  const isOne = temperature !== undefined && topP !== undefined && takesOneSampler(model)
  const one = isOne ? `${quote(model)} takes it or temperature` : undefined

  const keep = <T>(option: string, value: T | undefined, why: string | undefined): T | undefined => {
    if (value === undefined || why === undefined) return value
    warnings.add('unsupported-option', `${option} is not sent: ${why}.`)
    return undefined
  }
  // 1 is the default: leaving it out where it is refused changes nothing.
  const wanted = temperature === 1 && newer ? undefined : temperature
  const kept = keep('temperature', wanted, newer ?? (wanted === 1 ? undefined : thinking))
  return {
    temperature: kept === undefined ? undefined : clampTemperature(kept, warnings),
    top_p: keep('topP', topP, newer ?? one ?? ((topP ?? 1) < 0.95 ? thinking : undefined)),
    top_k: keep('topK', topK, newer ?? thinking),
  }
}

const clampTemperature = (temperature: number, warnings: Warnings): number => {
  if (temperature <= 1) return temperature
  warnings.add(
    'unsupported-option',
    `temperature ${temperature} was sent as 1, the most that Anthropic takes.`,
  )
  return 1
}

/** Stop sequences; the wire refuses those of nothing but white space. */
export const encodeStopSequences = (request: CompletionRequest, warnings: Warnings): string[] | undefined => {
  const stops = request.stopSequences?.filter((stop) => {
    if (stop.trim() !== '') return true
    warnings.add(
      'unsupported-option',
      `The stop sequence ${quote(stop)} is not sent: it is only white space.`,
    )
    return false
  })
  return stops === undefined || stops.length === 0 ? undefined : stops
}

/** The tools; one that only another dialect understands is left out. */
export const encodeTools = (request: CompletionRequest, warnings: Warnings): JsonObject[] | undefined => {
  const tools = request.tools?.flatMap((tool) => encodeTool(tool, request.model, warnings))
  return tools === undefined || tools.length === 0 ? undefined : tools
}

const encodeTool = (tool: ToolDefinition, model: string, warnings: Warnings): JsonObject[] => {
  const { type } = ownExtra(tool, 'anthropic-messages')
  // A custom tool of OpenAI's has the schema of a function that takes its text.
  const foreign = type === undefined ? tool.extra?.type : undefined
  if (typeof foreign === 'string' && foreign !== 'function' && foreign !== 'custom') {
    warnings.add(
      'unsupported-option',
      `Tool ${quote(tool.name)} is not sent: only its own provider takes it.`,
    )
    return []
  }
  const extra = takeExtra(tool, 'anthropic-messages', `tool ${quote(tool.name)}`, warnings)
  // A tool of Anthropic's own (web search, code execution…) is told by its type and has no schema; a toolset no name.
  if (typeof type === 'string' && type !== 'custom') {
    return [fillIn(tool.name === '' ? {} : { name: tool.name }, extra)]
  }
  const strict = encodeStrict(tool, model, warnings)
  const description = tool.description !== undefined && { description: tool.description }
  const { inputSchema } = tool
  const taken =
    strict.strict === true && !isTagged(tool, 'anthropic-messages')
      ? toOutputSchema(inputSchema, warnings, `the schema of tool ${quote(tool.name)}`)
      : inputSchema
  const schema = { type: 'object', ...taken }
  return [fillIn({ name: tool.name, ...description, input_schema: schema, ...strict }, extra)]
}

const encodeStrict = ({ strict }: ToolDefinition, model: string, warnings: Warnings): JsonObject => {
  if (strict === undefined) return {}
  if (takesStrictTools(model)) return { strict }
  if (strict) {
    warnings.add('unsupported-option', `strict tools are not sent as strict: ${quote(model)} has none.`)
  }
  return {}
}

/** The tool choice, and in it whether several calls may come at once; without tools the wire refuses it. */
export const encodeToolChoice = (
  { toolChoice, parallelToolCalls }: CompletionRequest,
  hasTools: boolean,
  warnings: Warnings,
): JsonObject | undefined => {
  if (toolChoice !== undefined && !hasTools) {
    warnings.add('unsupported-option', 'toolChoice is not sent: the request has no tools.')
  }
  // Several calls at once are the default, which needs no choice to stand in.
  if (!hasTools || (toolChoice === undefined && parallelToolCalls !== false)) return undefined
  const choice = toolChoice ?? { type: 'auto' }
  const isLimit = parallelToolCalls !== undefined && choice.type !== 'none'
  return { ...choice, ...(isLimit && { disable_parallel_tool_use: !parallelToolCalls }) }
}

/** The answer's form, under `output_config`. */
export const encodeFormat = (request: CompletionRequest, warnings: Warnings): JsonObject | undefined => {
  const format = request.responseFormat
  if (format?.type === 'json') {
    warnings.add(
      'unsupported-option',
      'responseFormat "json" is not sent: Anthropic takes a schema or nothing.',
    )
  }
  if (format?.type !== 'json-schema') return undefined
  const { description } = format
  const schema = toOutputSchema(format.schema, warnings)
  // The wire has no place for a description but the schema's own.
  return { type: 'json_schema', schema: description === undefined ? schema : { description, ...schema } }
}

/** Of metadata the wire has the user's id alone. */
export const encodeMetadata = (request: CompletionRequest, warnings: Warnings): JsonObject | undefined => {
  const { user_id: userId, ...others } = request.metadata ?? {}
  for (const key of Object.keys(others)) {
    warnings.add('unsupported-option', `metadata ${quote(key)} is not sent: Anthropic takes user_id alone.`)
  }
  return userId === undefined ? undefined : { user_id: userId }
}
