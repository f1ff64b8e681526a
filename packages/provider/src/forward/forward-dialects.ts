import { decodeResponse as decodeMessage } from '../dialects/anthropic-messages/decode-response.ts'
import { createStreamDecoder as createMessageDecoder } from '../dialects/anthropic-messages/decode-stream.ts'
import { clientDialects } from '../dialects/client-dialects.ts'
import { decodeResponse as decodeChat } from '../dialects/openai-chat/decode-response.ts'
import { createStreamDecoder as createChatDecoder } from '../dialects/openai-chat/decode-stream.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { ForwardDialect } from './attempt.ts'
import { createFinder } from './needles.ts'

// An event of this name is an error in every dialect, whatever its data look like.
const errorEvents = ['event: error', 'event:error']

const toForwardDialect = (name: ClientDialectName, upstream: ForwardDialect['upstream']): ForwardDialect => {
  const client = clientDialects[name]
  return { client, upstream, finder: createFinder([...client.rules.needles, ...errorEvents]) }
}

/** What the forwarding knows of each dialect of clients. */
export const forwardDialects: Readonly<Record<ClientDialectName, ForwardDialect>> = {
  'openai-chat': toForwardDialect('openai-chat', {
    createStreamDecoder: createChatDecoder,
    decodeResponse: decodeChat,
  }),
  'anthropic-messages': toForwardDialect('anthropic-messages', {
    createStreamDecoder: createMessageDecoder,
    decodeResponse: decodeMessage,
  }),
}
