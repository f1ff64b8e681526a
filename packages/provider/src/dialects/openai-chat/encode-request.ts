import type { CompletionRequest } from '../../types/completion.ts'
import type { EncodedRequest, EncodeOptions } from '../dialect.ts'
import { fillIn, takeExtra } from '../extra.ts'
import { createWarnings } from '../warnings.ts'
import { encodeMessages } from './encode-messages.ts'
import {
  encodeFormat,
  encodeMetadata,
  encodeSampling,
  encodeStop,
  encodeToolChoice,
  encodeTools,
} from './encode-options.ts'
import { encodeEffort } from './encode-reasoning.ts'
import type { ChatQuirks } from './quirks.ts'

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
  const tools = encodeTools(request, warnings)
  const body = {
    model: request.model,
    messages: encodeMessages(request.system, request.messages, context),
    tools,
    tool_choice: encodeToolChoice(request.toolChoice, tools !== undefined, warnings),
    [quirks.maxTokensField ?? 'max_tokens']: request.maxTokens,
    ...encodeSampling(request, warnings),
    stop: encodeStop(request, warnings),
    response_format: encodeFormat(request),
    reasoning_effort: encodeEffort(request, context),
    metadata: encodeMetadata(request, context),
    stream: options.stream ? true : undefined,
    stream_options: options.stream && quirks.streamUsage !== false ? { include_usage: true } : undefined,
  }
  const extra = takeExtra(request, 'openai-chat', 'the request', warnings)
  return { body: fillIn(body, extra, ours), warnings: warnings.list() }
}
