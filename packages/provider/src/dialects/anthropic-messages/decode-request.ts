import type { JsonObject } from '../../types/json.ts'
import type { Message } from '../../types/message.ts'
import type { DecodedRequest } from '../client-dialect.ts'
import { toExtra } from '../extra.ts'
import { otherFields } from '../json.ts'
import { createWarnings } from '../warnings.ts'
import { decodeMessages, decodeSystem } from './decode-messages.ts'
import {
  decodeFormat,
  decodeReasoning,
  decodeToolChoice,
  decodeTools,
  restOfOptions,
} from './decode-options.ts'
import { readCount, readList, readNumber, readObject, readText, required } from './read-field.ts'
import { planRelay } from './relay-rules.ts'

const dialect = 'anthropic-messages'

/** The fields of a request that the vocabulary models, wholly or in part. */
const modelled: readonly string[] = [
  ...['model', 'messages', 'system', 'max_tokens', 'temperature', 'top_p', 'top_k', 'stop_sequences'],
  ...['tools', 'tool_choice', 'thinking', 'output_config', 'output_format', 'metadata', 'stream'],
]

/**
 * A client's request. Encoded again for this dialect it is the same JSON, but for what says the same in two ways:
 * messages of one role that follow each other are one, system messages stand at the top, results stand in the order of
 * their uses, `output_format` is `output_config.format`; empty contents and lists and `null` fields are absent.
 * https://platform.claude.com/docs/en/api/messages/create
 */
export const decodeRequest = (body: JsonObject): DecodedRequest => {
  const warnings = createWarnings()
  const { stream } = planRelay(body)
  const { system, messages } = decodeSystem(body.system)
  const model = required(readText(body.model, 'model') || undefined, 'model')
  const maxTokens = required(readCount(body.max_tokens, 'max_tokens'), 'max_tokens')
  const userId = readText(readObject(body.metadata, 'metadata')?.user_id, 'metadata.user_id')
  const history = decodeMessages(body.messages)
  const extra = toExtra(dialect, { ...otherFields(body, modelled), ...restOfOptions(body) })
  const stops = readList(body.stop_sequences, 'stop_sequences')
  const request = {
    model,
    maxTokens,
    messages: [...messages, ...history],
    system,
    tools: decodeTools(body.tools),
    ...decodeToolChoice(body.tool_choice),
    temperature: readNumber(body.temperature, 'temperature'),
    topP: readNumber(body.top_p, 'top_p'),
    topK: readNumber(body.top_k, 'top_k'),
    stopSequences: stops?.map((stop, at) =>
      required(readText(stop, `stop_sequences.${at}`), `stop_sequences.${at}`),
    ),
    responseFormat: decodeFormat(body),
    reasoning: decodeReasoning(body, warnings),
    metadata: userId === undefined ? undefined : { user_id: userId },
    // A history that only this wire takes as it is says so.
    ...(extra !== undefined ? { extra } : isOwn(history) && { extra: { dialect } }),
  }
  return { request, stream, warnings: warnings.list() }
}

/** Does the assistant begin it, or end it? */
const isOwn = (history: readonly Message[]): boolean => {
  const said = history.filter(({ role }) => role !== 'system')
  return said[0]?.role === 'assistant' || said.at(-1)?.role === 'assistant'
}
