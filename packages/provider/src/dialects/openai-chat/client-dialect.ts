import type { ClientDialect } from '../client-dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeResponse, findFault } from './decode-response.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeError } from './encode-error.ts'
import { encodeResponse } from './encode-response.ts'
import { createStreamEncoder } from './encode-stream.ts'
import { planRelay, relayRules } from './relay-rules.ts'

/** OpenAI's Chat Completions towards a client. */
export const chatClientDialect: ClientDialect = {
  name: 'openai-chat',
  rules: relayRules,
  upstream: { createStreamDecoder, decodeResponse, findFault },
  decodeRequest,
  planRelay,
  encodeResponse,
  createStreamEncoder,
  encodeError,
}
