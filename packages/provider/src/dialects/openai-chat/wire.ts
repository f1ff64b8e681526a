import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../types/json.ts'
import { isJsonObject } from '../json.ts'

/*
 * What this package reads of Chat Completions, from OpenAI and the many servers that imitate it, and nothing more:
 * every field may be missing or null, so that an upstream's additions and omissions never break an answer.
 * https://platform.openai.com/docs/api-reference/chat
 */

/** Token counts, with the names that other servers give them. */
export interface ChatUsage {
  prompt_tokens?: number | null | undefined
  completion_tokens?: number | null | undefined
  total_tokens?: number | null | undefined
  prompt_tokens_details?:
    | { cached_tokens?: number | null | undefined; cache_write_tokens?: number | null | undefined }
    | null
    | undefined
  completion_tokens_details?: { reasoning_tokens?: number | null | undefined } | null | undefined
  /** DeepSeek's name for cached tokens, and Moonshot's. */
  prompt_cache_hit_tokens?: number | null | undefined
  cached_tokens?: number | null | undefined
}

/** A tool call of an answer, or a piece of one. */
export interface ChatToolCall extends JsonObject {
  index?: number | null | undefined
  id?: string | null | undefined
  type?: string | null | undefined
  function?: ChatFunction | null | undefined
}

/** Name and arguments; some servers send the arguments as the object that they are. */
export interface ChatFunction extends JsonObject {
  name?: string | null | undefined
  arguments?: string | JsonObject | null | undefined
}

/** A message of an answer, or a piece of one, with the fields that we do not model. */
export interface ChatMessage extends JsonObject {
  /** Text; a list of parts where thinking stands beside it (Mistral). */
  content?: string | JsonObject[] | null | undefined
  refusal?: string | null | undefined
  reasoning_content?: string | null | undefined
  reasoning?: string | null | undefined
  tool_calls?: ChatToolCall[] | null | undefined
  function_call?: ChatFunction | null | undefined
}

/** One of the answers, with the fields that we do not model. */
export interface ChatChoice extends JsonObject {
  index?: number | null | undefined
  message?: ChatMessage | null | undefined
  delta?: ChatMessage | null | undefined
  finish_reason?: string | null | undefined
  /** Where some servers say what an answer used (Moonshot). */
  usage?: JsonObject | null | undefined
}

/** A whole answer, or a chunk of a stream, with the fields that we do not model. */
export interface ChatAnswer extends JsonObject {
  id?: string | null | undefined
  model?: string | null | undefined
  choices?: ChatChoice[] | null | undefined
  usage?: JsonObject | null | undefined
  x_groq?: { usage?: JsonObject | null | undefined } | null | undefined
}

const json: z.ZodType<JsonValue> = z.custom<JsonValue>()
const object: z.ZodType<JsonObject> = z.record(z.string(), json)
const text = z.string().nullish()
const count = z.number().nullish()

// One figure that is none takes no other with it.
const figure = count.catch(undefined)

const usageSchema: z.ZodType<ChatUsage> = z.object({
  prompt_tokens: figure,
  completion_tokens: figure,
  total_tokens: figure,
  prompt_tokens_details: z
    .object({ cached_tokens: figure, cache_write_tokens: figure })
    .nullish()
    .catch(undefined),
  completion_tokens_details: z.object({ reasoning_tokens: figure }).nullish().catch(undefined),
  prompt_cache_hit_tokens: figure,
  cached_tokens: figure,
})

const functionSchema: z.ZodType<ChatFunction> = z
  .object({ name: text, arguments: z.union([z.string(), object]).nullish() })
  .catchall(json)

const toolCallSchema: z.ZodType<ChatToolCall> = z
  // Some servers count in words.
  .object({ index: count.catch(undefined), id: text, type: text, function: functionSchema.nullish() })
  .catchall(json)

const messageSchema: z.ZodType<ChatMessage> = z
  .object({
    content: z.union([z.string(), z.array(object)]).nullish(),
    // Some servers send false here.
    refusal: text.catch(undefined),
    reasoning_content: text,
    // An object in some servers' requests; only text is thinking.
    reasoning: text.catch(undefined),
    tool_calls: z.array(toolCallSchema).nullish(),
    function_call: functionSchema.nullish(),
  })
  .catchall(json)

const choiceSchema: z.ZodType<ChatChoice> = z
  .object({
    index: count,
    message: messageSchema.nullish(),
    delta: messageSchema.nullish(),
    finish_reason: text,
    usage: object.nullish().catch(undefined),
  })
  .catchall(json)

const answerSchema: z.ZodType<ChatAnswer> = z
  .object({
    id: text,
    model: text,
    choices: z.array(choiceSchema).nullish(),
    usage: object.nullish(),
    x_groq: z.object({ usage: object.nullish() }).nullish().catch(undefined),
  })
  .catchall(json)

/** An answer or a chunk, or `undefined` where it is none. */
export const readAnswer = (value: unknown): ChatAnswer | undefined =>
  isPlainAnswer(value) ? value : answerSchema.safeParse(value).data

/** The figures of a usage object; what is no number is absent. */
export const readUsage = (value: unknown): ChatUsage =>
  isPlainUsage(value) ? value : (usageSchema.safeParse(value).data ?? {})

// By hand and not by schema: nearly all answers and chunks are like this, and the schema costs more than the JSON. What
// is not like this may still be good.

const isPlainAnswer = (value: unknown): value is ChatAnswer =>
  isJsonObject(value) &&
  isText(value.id) &&
  isText(value.model) &&
  isObjectOrNone(value.usage) &&
  value.x_groq === undefined &&
  Array.isArray(value.choices) &&
  value.choices.every(isPlainChoice)

const isPlainChoice = (choice: JsonValue): boolean =>
  isJsonObject(choice) &&
  isCount(choice.index) &&
  isText(choice.finish_reason) &&
  choice.usage === undefined &&
  isPlainMessage(choice.message) &&
  isPlainMessage(choice.delta)

const isPlainMessage = (message: JsonValue | undefined): boolean =>
  message == null ||
  (isJsonObject(message) &&
    isText(message.content) &&
    isText(message.refusal) &&
    isText(message.reasoning_content) &&
    isText(message.reasoning) &&
    message.tool_calls == null &&
    message.function_call == null)

const isPlainUsage = (value: unknown): value is ChatUsage => {
  if (!isJsonObject(value)) return false
  const { prompt_tokens_details: prompt, completion_tokens_details: completion } = value
  return (
    isCount(value.prompt_tokens) &&
    isCount(value.completion_tokens) &&
    isCount(value.total_tokens) &&
    isCount(value.prompt_cache_hit_tokens) &&
    isCount(value.cached_tokens) &&
    (prompt == null ||
      (isJsonObject(prompt) && isCount(prompt.cached_tokens) && isCount(prompt.cache_write_tokens))) &&
    (completion == null || (isJsonObject(completion) && isCount(completion.reasoning_tokens)))
  )
}

const isText = (value: JsonValue | undefined): boolean => value == null || typeof value === 'string'
// JSON has numbers beyond those of JavaScript: `1e400` becomes infinite.
const isCount = (value: JsonValue | undefined): boolean => value == null || Number.isFinite(value)
const isObjectOrNone = (value: JsonValue | undefined): boolean => value == null || isJsonObject(value)
