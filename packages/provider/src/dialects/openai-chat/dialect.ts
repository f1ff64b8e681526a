import type { Dialect } from '../dialect.ts'
import { decodeError, isErrorBody } from './decode-error.ts'
import { decodeResponse } from './decode-response.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeRequest } from './encode-request.ts'
import type { ChatQuirks } from './quirks.ts'

/** OpenAI's Chat Completions as a dialect, with the quirks of the server that speaks it. */
export const createChatDialect = (quirks: ChatQuirks): Dialect => ({
  name: 'openai-chat',
  encodeRequest: (request, options) => encodeRequest(request, options, quirks),
  decodeResponse,
  createStreamDecoder,
  decodeError,
  isErrorBody,
})
