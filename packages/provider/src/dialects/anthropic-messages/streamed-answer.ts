import type { StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { FinishEvent, StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { toExtra } from '../extra.ts'
import { mergeFields, otherFields } from '../json.ts'
import { type Skips, toIncompleteError } from '../stream-end.ts'
import { messageFields } from './decode-response.ts'
import { toStopReason } from './stop-reason.ts'
import { openBlock, type StreamedBlock } from './streamed-block.ts'
import { toUsage } from './usage.ts'
import type { AnthropicEvent, AnthropicMessage } from './wire.ts'

/** The events that a message is made of. */
export type ContentEvent = Exclude<AnthropicEvent, { type: 'message_stop' | 'error' }>

/** A streamed answer as far as it has come. */
export interface StreamedAnswer {
  take(event: ContentEvent): StreamEvent[]
  /** ProviderError `bad-response` where nothing has come at all. */
  finish(): StreamEvent[]
}

/** An answer of which nothing has come. */
export const createStreamedAnswer = (context: DecodeContext, skips: Skips): StreamedAnswer => {
  const message = createMessage(context)
  const blocks = createBlocks(() => message.model(), skips)

  return {
    take(event) {
      if (event.type === 'message_start') return message.start(event.message)
      // A stream that forgot its start still has an answer; it is just nobody's.
      const started = message.start({})
      if (event.type === 'message_delta') {
        message.change(event)
        return started
      }
      return [...started, ...blocks.take(event)]
    },
    finish() {
      if (!message.isStarted()) throw toIncompleteError(context.provider, '"message_start" event')
      const { stopReason, finish } = message.end()
      return [...blocks.end(stopReason), ...skips.events(), finish]
    },
  }
}

/** What is said of the message itself: at its start, and revised by its delta. */
const createMessage = (context: DecodeContext) => {
  let isStarted = false
  let model = context.model
  let usage: JsonObject = {}
  let fields: JsonObject = {}
  return {
    isStarted: () => isStarted,
    model: () => model,
    start(message: AnthropicMessage): StreamEvent[] {
      usage = mergeFields(usage, message.usage ?? {})
      // A provider that retries inside starts the message again; who answers was said once.
      if (isStarted) return []
      isStarted = true
      model = message.model || model
      fields = otherFields(message, messageFields)
      return [{ type: 'start', id: message.id || context.generateId(), model }]
    },
    change(event: Extract<ContentEvent, { type: 'message_delta' }>) {
      usage = mergeFields(usage, event.usage ?? {})
      fields = mergeFields(fields, { ...event.delta, context_management: event.context_management })
    },
    end(): { stopReason: StopReason; finish: FinishEvent } {
      const stopReason = toStopReason(typeof fields.stop_reason === 'string' ? fields.stop_reason : undefined)
      const rest = stopReason === 'unknown' ? fields : otherFields(fields, ['stop_reason'])
      const extra = toExtra('anthropic-messages', rest)
      const finish: FinishEvent = {
        type: 'finish',
        stopReason,
        usage: toUsage(usage),
        ...(extra && { extra }),
      }
      return { stopReason, finish }
    },
  }
}

/** The blocks that are open, by the wire's index. */
const createBlocks = (model: () => string, skips: Skips) => {
  const open = new Map<number, StreamedBlock>()
  let latest = -1
  let claimed = 0

  const end = (index: number): StreamEvent[] => {
    const block = open.get(index)
    open.delete(index)
    return block?.end() ?? []
  }

  return {
    take(event: Exclude<ContentEvent, { type: 'message_start' | 'message_delta' }>): StreamEvent[] {
      if (event.type === 'content_block_start') {
        latest = event.index ?? latest + 1
        const before = end(latest)
        const block = openBlock(event.content_block, model(), () => claimed++)
        open.set(latest, block)
        return [...before, ...block.open()]
      }
      const index = event.index ?? latest
      if (event.type === 'content_block_stop') return end(index)
      const block = open.get(index)
      if (block === undefined) skips.add()
      return block?.take(event.delta) ?? []
    },
    end: (stopReason: StopReason) => [...open.values()].flatMap((block) => endUnclosed(block, stopReason)),
  }
}

/**
 * A block that is open at the end of the message was cut (by `max_tokens`, mostly). Cut text is text; a cut tool use
 * stays without its end, so that nobody takes it for whole; a cut block of an unknown type cannot be sent back.
 */
const endUnclosed = (block: StreamedBlock, stopReason: StopReason): StreamEvent[] => {
  if (block.kind === 'native') {
    const message = 'A block was cut at the end of the message and left out.'
    return [{ type: 'warning', warning: { code: 'dropped-block', message } }]
  }
  return block.kind === 'tool-use' && stopReason !== 'tool-use' ? [] : block.end()
}
