import type { CompletionRequest, ToolChoice, ToolDefinition } from '../../types/completion.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { quote, type Warnings } from '../warnings.ts'
import {
  invalid,
  type Named,
  optionalFlag,
  optionalObject,
  optionalText,
  requireList,
  requireNamed,
  requireObject,
  requireText,
  requireTyped,
  requireWord,
  restOf,
} from './fields.ts'
import { joinFields } from './own-fields.ts'

const dialect = 'openai-chat'

/** What a request says about tools. */
export interface DecodedTools extends Pick<CompletionRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'> {
  /** The choice as it was, where it names some of the tools: those that it leaves out are not in `tools`. */
  allowed?: JsonObject | undefined
  answerForm?: JsonObject | undefined
}

/** Tools and their choice, by their names of today or by those of before (`functions`, `function_call`). */
export const decodeTools = (body: JsonObject, warnings: Warnings): DecodedTools => {
  const tools = [
    ...decodeList(body.tools, 'tools', (item, path) => decodeTool(item, path, warnings)),
    ...decodeList(body.functions, 'functions', (item, path) => [
      decodeFunctionTool(requireNamed(item, path)),
    ]),
  ]
  const isLegacy = body.functions != null && body.tools == null
  const custom = tools.filter((tool) => tool.extra?.type === 'custom').map((tool) => tool.name)
  const answerForm = { ...(isLegacy && { functions: true }), ...(custom.length > 0 && { custom }) }
  return {
    ...(tools.length > 0 && { tools }),
    ...decodeParallel(body, isLegacy),
    ...decodeChoice(body, tools),
    ...(Object.keys(answerForm).length > 0 && { answerForm }),
  }
}

const decodeList = <T>(
  value: JsonValue | undefined,
  path: string,
  decode: (item: JsonObject, path: string) => T[],
): T[] =>
  value == null
    ? []
    : requireList(value, path, 'objects').flatMap((item, at) =>
        decode(requireObject(item, `${path}[${at}]`), `${path}[${at}]`),
      )

const decodeTool = (tool: JsonObject, path: string, warnings: Warnings): ToolDefinition[] => {
  const type = requireText(tool.type, `${path}.type`)
  if (type !== 'function' && type !== 'custom') {
    const message = `${path} is not sent: a tool of type ${quote(type)} runs at its own provider alone.`
    warnings.add('unsupported-option', message)
    return []
  }
  const named = requireTyped(tool, ['function', 'custom'], path)
  const outer = restOf(tool, ['type', type])
  return [type === 'custom' ? decodeCustomTool(named, outer) : decodeFunctionTool(named, outer)]
}

const decodeFunctionTool = ({ name, fields, path }: Named, outer: JsonObject = {}): ToolDefinition => {
  // `type` and `custom` would make another kind of tool of it.
  const inner = restOf(fields, ['name', 'description', 'parameters', 'strict', 'type', 'custom'])
  const strict = optionalFlag(fields.strict, `${path}.strict`)
  const description = optionalText(fields.description, `${path}.description`)
  const extra = joinFields(inner, outer)
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema: optionalObject(fields.parameters, `${path}.parameters`) ?? emptySchema(),
    ...(strict !== undefined && { strict }),
    // Unlike a part, a tool is written in one way only: it needs no mark of where it came from.
    ...(Object.keys(extra).some((key) => key !== 'dialect') && { extra }),
  }
}

/** What a function without parameters stands for. */
const emptySchema = (): JsonObject => ({ type: 'object', properties: {} })

/** A tool that takes free text. Elsewhere it is a function whose only parameter is that text. */
const decodeCustomTool = ({ name, fields, path }: Named, outer: JsonObject): ToolDefinition => {
  const description = optionalText(fields.description, `${path}.description`)
  const format = optionalObject(fields.format, `${path}.format`)
  const rest = restOf(fields, ['name', 'description'])
  const input = {
    type: 'string',
    ...(format?.grammar !== undefined && {
      description: `Text of this grammar: ${JSON.stringify(format.grammar)}`,
    }),
  }
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema: { type: 'object', properties: { input }, required: ['input'], additionalProperties: false },
    extra: { ...joinFields({ type: 'custom', custom: rest }, outer), dialect },
  }
}

/** A client of `function_call` reads one call of an answer. */
const decodeParallel = (body: JsonObject, isLegacy: boolean): Pick<DecodedTools, 'parallelToolCalls'> => {
  const parallelToolCalls = optionalFlag(body.parallel_tool_calls, 'parallel_tool_calls')
  if (parallelToolCalls !== undefined) return { parallelToolCalls }
  return isLegacy ? { parallelToolCalls: false } : {}
}

const words = { auto: 'auto', none: 'none', required: 'any' } as const

const decodeChoice = (
  body: JsonObject,
  tools: readonly ToolDefinition[],
): Pick<DecodedTools, 'tools' | 'toolChoice' | 'allowed'> => {
  const { tool_choice: choice, function_call: legacy } = body
  if (choice == null) return legacy == null ? {} : { toolChoice: decodeLegacyChoice(legacy) }
  if (typeof choice === 'string') {
    return { toolChoice: { type: words[requireWord(choice, ['none', 'auto', 'required'], 'tool_choice')] } }
  }
  const { type } = requireObject(choice, 'tool_choice')
  const kind = requireWord(type, ['function', 'custom', 'allowed_tools'], 'tool_choice.type')
  if (kind === 'allowed_tools') return decodeAllowed(requireObject(choice, 'tool_choice'), body, tools)
  return { toolChoice: { type: 'tool', name: namedTool(choice, 'tool_choice') } }
}

const decodeLegacyChoice = (value: JsonValue): ToolChoice => {
  if (typeof value === 'string') return { type: requireWord(value, ['none', 'auto'], 'function_call') }
  return { type: 'tool', name: requireNamed(value, 'function_call').name }
}

/** Some of the tools: the others are no tools of this request to a provider that has no such choice. */
const decodeAllowed = (
  choice: JsonObject,
  body: JsonObject,
  tools: readonly ToolDefinition[],
): Pick<DecodedTools, 'tools' | 'toolChoice' | 'allowed'> => {
  const path = 'tool_choice.allowed_tools'
  const allowed = requireObject(choice.allowed_tools, path)
  const mode = requireWord(allowed.mode, ['auto', 'required'], `${path}.mode`)
  const names = requireList(allowed.tools, `${path}.tools`, 'tools').map((item, at) =>
    namedTool(item, `${path}.tools[${at}]`),
  )
  const left = tools.filter((tool) => names.includes(tool.name))
  if (left.length === 0) throw invalid(`${path}.tools`, `'${path}.tools' names none of the request's tools.`)
  const all = Array.isArray(body.tools) ? body.tools : []
  return { tools: left, toolChoice: { type: words[mode] }, allowed: { ...choice, tools: all } }
}

/** The name of a tool in a choice. */
const namedTool = (value: JsonValue, path: string): string =>
  requireTyped(requireObject(value, path), ['function', 'custom'], path).name
