import type { CompletionRequest, ReasoningOptions, ResponseFormat } from '../../types/completion.ts'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { withExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { quote, type Warnings } from '../warnings.ts'
import {
  invalid,
  optionalCount,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  requireList,
  requireName,
  requireObject,
  requireText,
  requireWord,
} from './fields.ts'

const dialect = 'openai-chat'

/** The options of a request that the vocabulary models. Absent and `null` ones are not there. */
export const decodeOptions = (
  body: JsonObject,
  warnings: Warnings,
): Omit<CompletionRequest, 'model' | 'messages'> => {
  const options = {
    maxTokens:
      optionalCount(body.max_completion_tokens, 'max_completion_tokens') ??
      optionalCount(body.max_tokens, 'max_tokens'),
    temperature: optionalNumber(body.temperature, 'temperature'),
    topP: optionalNumber(body.top_p, 'top_p'),
    // Not OpenAI's, but most other servers of this wire have it.
    topK: optionalNumber(body.top_k, 'top_k'),
    stopSequences: decodeStop(body.stop),
    responseFormat: decodeFormat(body.response_format),
    reasoning: decodeReasoning(body, warnings),
    metadata: decodeMetadata(body.metadata),
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

const decodeStop = (value: JsonValue | undefined): string[] | undefined => {
  if (value == null) return undefined
  if (typeof value === 'string') return [value]
  return requireList(value, 'stop', 'strings').map((stop, at) => requireText(stop, `stop[${at}]`))
}

const decodeFormat = (value: JsonValue | undefined): ResponseFormat | undefined => {
  const format = optionalObject(value, 'response_format')
  if (format === undefined) return undefined
  const type = requireWord(format.type, ['text', 'json_object', 'json_schema'], 'response_format.type')
  if (type !== 'json_schema') return { type: type === 'text' ? 'text' : 'json' }
  const path = 'response_format.json_schema'
  const described = requireObject(format.json_schema, path)
  const description = optionalText(described.description, `${path}.description`)
  const strict = optionalFlag(described.strict, `${path}.strict`)
  return {
    type: 'json-schema',
    name: requireName(described.name, `${path}.name`),
    ...(description !== undefined && { description }),
    schema: optionalObject(described.schema, `${path}.schema`) ?? {},
    ...(strict !== undefined && { strict }),
  }
}

const decodeMetadata = (value: JsonValue | undefined): Record<string, string> | undefined => {
  const metadata = optionalObject(value, 'metadata')
  if (metadata === undefined) return undefined
  return Object.fromEntries(
    Object.entries(metadata).map(([key, text]) => [key, requireText(text, `metadata.${key}`)]),
  )
}

type Effort = NonNullable<ReasoningOptions['effort']>

const efforts: Readonly<Record<string, Effort>> = {
  none: 'none',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  // More than the vocabulary has a word for.
  xhigh: 'high',
  max: 'high',
}

/**
 * How much to think: OpenAI's `reasoning_effort`, and what clients of other servers write beside it (`reasoning` with an
 * effort or a budget, Anthropic's `thinking`). Words that the vocabulary does not give back are kept in `extra`.
 */
const decodeReasoning = (body: JsonObject, warnings: Warnings): ReasoningOptions | undefined => {
  const { reasoning, thinking } = body
  const word = optionalText(body.reasoning_effort, 'reasoning_effort')
  const effort = word === undefined ? effortBeside(reasoning, thinking) : toEffort(word, warnings)
  const budget = budgetOf(reasoning, 'max_tokens') ?? budgetOf(thinking, 'budget_tokens')
  const words = {
    ...(word !== undefined && { reasoning_effort: word }),
    ...(reasoning != null && { reasoning }),
    ...(thinking != null && { thinking }),
  }
  if (Object.keys(words).length === 0) return undefined
  const isSaid = effort !== undefined && effort === word && Object.keys(words).length === 1
  return {
    ...(effort !== undefined && { effort }),
    ...(budget !== undefined && { budgetTokens: budget }),
    ...(!isSaid && withExtra(dialect, words)),
  }
}

const toEffort = (word: string, warnings: Warnings): Effort => {
  const effort = Object.hasOwn(efforts, word) ? efforts[word] : undefined
  if (effort !== undefined) return effort
  warnings.add('unsupported-option', `reasoning_effort ${quote(word)} is not known: it is read as "medium".`)
  return 'medium'
}

const effortBeside = (
  reasoning: JsonValue | undefined,
  thinking: JsonValue | undefined,
): Effort | undefined => {
  if (isJsonObject(reasoning)) {
    if (reasoning.enabled === false) return 'none'
    const { effort } = reasoning
    if (typeof effort === 'string' && Object.hasOwn(efforts, effort)) return efforts[effort]
    if (reasoning.enabled === true && reasoning.max_tokens == null) return 'medium'
  }
  if (!isJsonObject(thinking)) return undefined
  if (thinking.type === 'disabled') return 'none'
  // A model that chooses for itself thinks much by default.
  return thinking.type === 'adaptive' ? 'high' : undefined
}

const budgetOf = (value: JsonValue | undefined, field: string): number | undefined => {
  const budget = isJsonObject(value) ? value[field] : undefined
  return typeof budget === 'number' && budget > 0 ? budget : undefined
}

/** Several answers are one upstream request on this wire alone. */
export const decodeCountOfAnswers = (value: JsonValue | undefined): void => {
  const count = optionalCount(value, 'n')
  if (count === undefined || count === 1) return
  throw invalid('n', `'n' must be 1 for this model: ${count} answers in one request cannot be translated.`)
}
