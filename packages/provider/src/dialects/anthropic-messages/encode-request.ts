import type { CompletionRequest } from '../../types/completion.ts'
import type { EncodedRequest, EncodeOptions } from '../dialect.ts'
import { fillIn, isTagged, takeExtra } from '../extra.ts'
import { createWarnings, type Warnings } from '../warnings.ts'
import { encodeMessages, withUserTurns } from './encode-messages.ts'
import {
  encodeFormat,
  encodeMetadata,
  encodeSampling,
  encodeStopSequences,
  encodeToolChoice,
  encodeTools,
} from './encode-options.ts'
import { encodeReasoning } from './encode-reasoning.ts'

/** What the encoding needs to know beside the request. */
export interface AnthropicEncoding {
  /** The `max_tokens` of a request without one, by model; the wire demands it. At least 1024 is sent. */
  defaultMaxTokens(model: string): number | undefined
  /** The API version that the request is sent under; since 2026-10-21 there are no sampling options. */
  version?: string | undefined
}

const leastMaxTokens = 1024
/** For a model of which nothing is known: what the smallest model on this wire can write. */
const unknownMaxTokens = 4096

// Fields that are ours even where we send none: an option that was left out for cause must not come back.
const ours = [
  'model',
  'messages',
  'system',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'stream',
]

/** A request as the Messages API takes it. */
export const encodeRequest = (
  request: CompletionRequest,
  options: EncodeOptions,
  encoding: AnthropicEncoding,
): EncodedRequest => {
  const warnings = createWarnings()
  const context = { model: request.model, warnings }
  const { system, messages: history, texts } = encodeMessages(request.system, request.messages, context)
  // What a client of this dialect begins or ends with is between it and the model.
  const messages = isTagged(request, 'anthropic-messages') ? history : withUserTurns(history, context)
  const tools = encodeTools(request, warnings)
  const limit = defaultMaxTokens(request, encoding, warnings)
  const { maxTokens, thinking, effort } = encodeReasoning(request, messages, limit, warnings)
  const format = encodeFormat(request, warnings)
  const outputConfig = format || effort ? { ...(format && { format }), ...(effort && { effort }) } : undefined
  const body = {
    model: request.model,
    max_tokens: maxTokens,
    system,
    messages: messages.map((message) => {
      const text = texts.has(message) ? message.content[0]?.text : undefined
      return text === undefined ? message : { ...message, content: text }
    }),
    tools,
    tool_choice: encodeToolChoice(request, tools !== undefined, warnings),
    ...encodeSampling(
      request,
      thinking !== undefined && thinking.type !== 'disabled',
      encoding.version,
      warnings,
    ),
    stop_sequences: encodeStopSequences(request, warnings),
    thinking,
    output_config: outputConfig,
    metadata: encodeMetadata(request, warnings),
    stream: options.stream ? true : undefined,
  }
  const extra = takeExtra(request, 'anthropic-messages', 'the request', warnings)
  return { body: fillIn(body, extra, ours), warnings: warnings.list() }
}

const defaultMaxTokens = (
  request: CompletionRequest,
  encoding: AnthropicEncoding,
  warnings: Warnings,
): number => {
  if (request.maxTokens !== undefined) return request.maxTokens
  const tokens = Math.max(leastMaxTokens, encoding.defaultMaxTokens(request.model) ?? unknownMaxTokens)
  warnings.add('default-applied', `maxTokens was not set; ${tokens} was sent, since Anthropic demands one.`)
  return tokens
}
