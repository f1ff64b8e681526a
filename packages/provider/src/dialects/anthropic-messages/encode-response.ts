import type { CompletionResponse } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, Extensible } from '../../types/message.ts'
import type { ClientContext } from '../client-dialect.ts'
import { fillIn, isTagged, ownExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { fromStopReason } from './stop-reason.ts'
import { fromUsage } from './usage.ts'
import { toWireId, toWireInput } from './wire-id.ts'

const dialect = 'anthropic-messages'

/**
 * A whole answer as a message. Of one that was decoded from this dialect it is the same JSON, but for empty texts and
 * for fields that are `null`.
 * https://platform.claude.com/docs/en/api/messages/create
 */
export const encodeResponse = (response: CompletionResponse, context: ClientContext): JsonObject => {
  const { stop_reason: ownReason, ...fields } = ownFields(response)
  return fillIn(
    {
      id: response.id || context.generateId(),
      type: 'message',
      role: 'assistant',
      model: response.model,
      content: response.content.flatMap(encodeBlock),
      stop_reason: ownReason ?? fromStopReason(response.stopReason),
      stop_sequence: fields.stop_sequence ?? null,
      usage: fromUsage(response.usage),
    },
    fields,
  )
}

/** What this dialect itself said beside what the vocabulary models; nothing that was written for whichever upstream. */
export const ownFields = (of: Extensible): JsonObject => (isTagged(of, dialect) ? ownExtra(of, dialect) : {})

const encodeBlock = (block: ContentBlock): JsonObject[] => {
  const own = ownFields(block)
  if (block.type === 'text') {
    // An empty text would be refused when the client sends the answer back.
    const isEmpty = block.text === '' && Object.keys(own).length === 0
    return isEmpty ? [] : [fillIn({ type: 'text', text: block.text }, own)]
  }
  if (block.type === 'thinking') {
    const { model: _, ...fields } = own
    return [fillIn({ type: 'thinking', thinking: block.text, signature: block.signature ?? '' }, fields)]
  }
  if (block.type === 'tool-use') {
    const call = { type: 'tool_use', id: toWireId(block.id), name: block.name, input: toWireInput(block) }
    return [fillIn(call, own)]
  }
  return block.type === 'native' && block.dialect === dialect && isJsonObject(block.value)
    ? [block.value]
    : []
}
