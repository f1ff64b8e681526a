import { ProviderError } from '../../errors.ts'
import type { CompletionResponse } from '../../types/completion.ts'
import type { ContentBlock } from '../../types/message.ts'
import type { DecodeContext } from '../dialect.ts'
import { withExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { toContentBlock } from './decode-content.ts'
import { decodeErrorValue } from './decode-error.ts'
import { toSigner } from './models.ts'
import { toStopReason, wireReason } from './stop-reason.ts'
import { toUsage } from './usage.ts'
import { readMessage } from './wire.ts'

/** The fields of a message that the vocabulary models. */
export const messageFields: readonly string[] = [
  'id',
  'model',
  'type',
  'role',
  'content',
  'stop_reason',
  'usage',
]

/** A whole answer of the Messages API. */
export const decodeResponse = (body: unknown, context: DecodeContext): CompletionResponse => {
  if (isJsonObject(body) && (body.type === 'error' || isJsonObject(body.error))) {
    throw decodeErrorValue(body, context.provider)
  }
  const message = readMessage(body)
  if (message === undefined) {
    throw new ProviderError('The upstream answered with a body that is no message.', {
      code: 'bad-response',
      provider: context.provider,
    })
  }
  const signer = toSigner(message.model, context.model)
  return {
    id: message.id || context.generateId(),
    model: message.model || context.model,
    content: (message.content ?? []).map((block) => toContentBlock(block, signer)).filter(saysSomething),
    stopReason: toStopReason(message.stop_reason),
    usage: toUsage(message.usage),
    ...withExtra('anthropic-messages', {
      ...otherFields(message, messageFields),
      ...wireReason(message.stop_reason),
    }),
  }
}

const saysSomething = (block: ContentBlock): boolean =>
  block.type !== 'text' || block.text !== '' || block.extra !== undefined
