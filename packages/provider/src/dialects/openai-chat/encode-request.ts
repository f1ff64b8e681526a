import type { CompletionRequest } from '../../types/completion.ts'
import type { EncodedRequest, EncodeOptions } from '../dialect.ts'
import { fillIn, takeExtra } from '../extra.ts'
import { createWarnings } from '../warnings.ts'
import { encodeMessages } from './encode-messages.ts'
import {
  encodeFormat,
  encodeMetadata,
  encodeParallel,
  encodeSampling,
  encodeStop,
  encodeToolChoice,
  encodeTools,
  restoreAllowed,
} from './encode-options.ts'
import { encodeReasoning } from './encode-reasoning.ts'
import { maxTokensFieldOf } from './models.ts'
import type { ChatQuirks } from './quirks.ts'
import { namesOf } from './tool-names.ts'

// Fields that are ours even where we send none: an option that was left out for cause must not come back.
const ours = [
  'model',
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'metadata',
  'stream',
]

/** A request as Chat Completions takes it. */
export const encodeRequest = (
  request: CompletionRequest,
  options: EncodeOptions,
  quirks: ChatQuirks,
): EncodedRequest => {
  const warnings = createWarnings()
  const context = { model: request.model, warnings, quirks }
  const tools = encodeTools(request, context)
  const choice = encodeToolChoice(request, tools !== undefined, warnings)
  const allowed = restoreAllowed(request, tools ?? [])
  const body = {
    model: request.model,
    messages: encodeMessages(request.system, request.messages, context),
    tools: allowed?.tools ?? tools,
    tool_choice: allowed?.choice ?? choice,
    // Without tools the wire refuses to be told.
    parallel_tool_calls: tools === undefined ? undefined : encodeParallel(request, context),
    [quirks.maxTokensField ?? maxTokensFieldOf(request.model)]: request.maxTokens,
    ...encodeSampling(request, warnings),
    stop: encodeStop(request, warnings),
    response_format: encodeFormat(request),
    ...encodeReasoning(request, context),
    metadata: encodeMetadata(request, context),
    stream: options.stream ? true : undefined,
    stream_options: options.stream && quirks.streamUsage !== false ? { include_usage: true } : undefined,
  }
  const extra = takeExtra(request, 'openai-chat', 'the request', warnings)
  const toolNames = namesOf(request)
  return { body: fillIn(body, extra, ours), warnings: warnings.list(), ...(toolNames && { toolNames }) }
}
