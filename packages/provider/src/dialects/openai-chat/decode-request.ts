import type { JsonObject } from '../../types/json.ts'
import type { DecodedRequest } from '../client-dialect.ts'
import { withExtra } from '../extra.ts'
import { createWarnings } from '../warnings.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeCountOfAnswers, decodeOptions } from './decode-options.ts'
import { decodeTools } from './decode-tools.ts'
import { optionalFlag, optionalObject, requireName, restOf } from './fields.ts'

// What the vocabulary models; everything else is kept in `extra`.
const modelled = [
  ...['model', 'messages', 'tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call'],
  ...['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'top_k', 'stop', 'response_format'],
  ...['reasoning_effort', 'reasoning', 'thinking', 'metadata', 'stream', 'stream_options'],
]

/**
 * A client's request in the vocabulary, so that encoding it for this dialect gives the same JSON again, but for:
 * `null`, which is absent; `stop` as a list; the output limit under the name that the server knows; a text format, which
 * is the default and left out; `functions` and `function_call`, which become tools; a function without parameters, which
 * gets the empty schema; `''` beside calls, which is `null`; a refusal among the parts, which becomes the message's own;
 * results in the order of their calls; arguments of no text, which are `{}`; data URLs in their plain form; a file without
 * a name but with a cache mark, which gets one; and tools of unknown types, which are left out with a warning.
 * https://developers.openai.com/api/reference/resources/chat
 */
export const decodeRequest = (body: JsonObject): DecodedRequest => {
  const warnings = createWarnings()
  const model = requireName(body.model, 'model')
  const stream = optionalFlag(body.stream, 'stream') ?? false
  decodeCountOfAnswers(body.n)
  const messages = decodeMessages(body.messages)
  const { allowed, answerForm, ...tools } = decodeTools(body, warnings)
  const streamOptions = restOf(optionalObject(body.stream_options, 'stream_options') ?? {}, ['include_usage'])
  const extra = {
    ...restOf(body, modelled),
    ...(allowed && { tool_choice: allowed }),
    // Without a stream the wire refuses them.
    ...(stream && Object.keys(streamOptions).length > 0 && { stream_options: streamOptions }),
  }
  const request = {
    model,
    messages,
    ...tools,
    ...decodeOptions(body, warnings),
    ...withExtra('openai-chat', extra),
  }
  return { request, stream, warnings: warnings.list(), ...(answerForm && { answerForm }) }
}
