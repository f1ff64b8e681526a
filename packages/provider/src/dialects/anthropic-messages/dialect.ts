import type { Dialect } from '../dialect.ts'
import { decodeError, isErrorBody } from './decode-error.ts'
import { decodeResponse } from './decode-response.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { type AnthropicEncoding, encodeRequest } from './encode-request.ts'

/** Anthropic's Messages API as a dialect. */
export const createAnthropicDialect = (encoding: AnthropicEncoding): Dialect => ({
  name: 'anthropic-messages',
  encodeRequest: (request, options) => encodeRequest(request, options, encoding),
  decodeResponse,
  createStreamDecoder,
  decodeError,
  isErrorBody,
})
