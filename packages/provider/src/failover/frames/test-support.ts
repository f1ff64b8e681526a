import type { ClientDialectName } from '../../types/message.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** What an API writes, as text. */
export interface Frames {
  /** Of a stream, before any content: Anthropic's start, OpenAI's chunk with the role. */
  start: string
  ping: string
  text(text: string): string
  finish(hasUsage: boolean): string
  whole(text: string, hasUsage: boolean): string
  errorEvent(type: string): string
  errorBody(type: string, message: string): string
  /** The name that goes with a status. */
  typeOf(status: number): string
}

const event = (name: string, fields: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...fields })}\n\n`

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929' }

const anthropicError = (type: string, words: string) => ({ type: 'error', error: { type, message: words } })

const anthropic: Frames = {
  start:
    event('message_start', {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 7, output_tokens: 1 },
      },
    }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ping: event('ping', {}),
  text: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  finish: (hasUsage) =>
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      ...(hasUsage && { usage: { output_tokens: 5 } }),
    }) +
    event('message_stop', {}),
  whole: (text, hasUsage) =>
    JSON.stringify({
      ...message,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      ...(hasUsage && { usage: { input_tokens: 7, output_tokens: 5 } }),
    }),
  errorEvent: (type) => event('error', anthropicError(type, 'broken')),
  errorBody: (type, words) => JSON.stringify(anthropicError(type, words)),
  typeOf: (status) => anthropicTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
}

const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4.1-2025-04-14', ...fields })}\n\n`

const choice = (delta: object, reason: string | null = null) =>
  chunk({ choices: [{ index: 0, delta, finish_reason: reason }] })

const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }

const openaiError = (type: string, words: string) => ({
  error: { message: words, type, param: null, code: type },
})

const openai: Frames = {
  start: choice({ role: 'assistant', content: '' }),
  ping: ': keep-alive\n\n',
  text: (content) => choice({ content }),
  finish: (hasUsage) =>
    `${choice({}, 'stop')}${hasUsage ? chunk({ choices: [], usage }) : ''}data: [DONE]\n\n`,
  whole: (content, hasUsage) =>
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4.1-2025-04-14',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      ...(hasUsage && { usage }),
    }),
  errorEvent: (type) => `data: ${JSON.stringify(openaiError(type, 'broken'))}\n\n`,
  errorBody: (type, words) => JSON.stringify(openaiError(type, words)),
  typeOf: (status) => openaiTypes[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
}

const openaiTypes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'request_forbidden',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
}

/** The frames of a dialect. */
export const framesOf = (dialect: ClientDialectName): Frames =>
  dialect === 'openai-chat' ? openai : anthropic
