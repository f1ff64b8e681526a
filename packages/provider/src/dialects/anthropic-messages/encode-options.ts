import type { CompletionRequest, ToolChoice, ToolDefinition } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import { fillIn, ownExtra, takeExtra } from '../extra.ts'
import { quote, type Warnings } from '../warnings.ts'
import { isAdaptive, takesOneSampler } from './models.ts'

/** Temperature, top_p and top_k, as far as the model takes them beside what else is asked. */
export const encodeSampling = (
  request: CompletionRequest,
  isThinking: boolean,
  warnings: Warnings,
): JsonObject => {
  const { model, temperature, topP, topK } = request
  const newer = isAdaptive(model) ? `${quote(model)} takes no sampling options` : undefined
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
  const tools = request.tools?.flatMap((tool) => encodeTool(tool, warnings))
  return tools === undefined || tools.length === 0 ? undefined : tools
}

const encodeTool = (tool: ToolDefinition, warnings: Warnings): JsonObject[] => {
  const { type } = ownExtra(tool, 'anthropic-messages')
  const extra = takeExtra(tool, 'anthropic-messages', `tool ${quote(tool.name)}`, warnings)
  // A server tool (web search, code execution…) is told by its type and has no schema.
  if (typeof type === 'string' && type !== 'custom') return [fillIn({ name: tool.name }, extra)]
  const description = tool.description !== undefined && { description: tool.description }
  return [
    fillIn({ name: tool.name, ...description, input_schema: { type: 'object', ...tool.inputSchema } }, extra),
  ]
}

/** The tool choice; without tools the wire refuses one. */
export const encodeToolChoice = (
  choice: ToolChoice | undefined,
  hasTools: boolean,
  warnings: Warnings,
): JsonObject | undefined => {
  if (choice === undefined) return undefined
  if (hasTools) return choice.type === 'tool' ? { type: 'tool', name: choice.name } : { type: choice.type }
  warnings.add('unsupported-option', 'toolChoice is not sent: the request has no tools.')
  return undefined
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
  return format?.type === 'json-schema' ? { type: 'json_schema', schema: format.schema } : undefined
}

/** Of metadata the wire has the user's id alone. */
export const encodeMetadata = (request: CompletionRequest, warnings: Warnings): JsonObject | undefined => {
  const { user_id: userId, ...others } = request.metadata ?? {}
  for (const key of Object.keys(others)) {
    warnings.add('unsupported-option', `metadata ${quote(key)} is not sent: Anthropic takes user_id alone.`)
  }
  return userId === undefined ? undefined : { user_id: userId }
}
