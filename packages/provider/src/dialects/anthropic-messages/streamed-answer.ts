import type { StopReason } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { FinishEvent, StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { toExtra } from '../extra.ts'
import { mergeFields, otherFields } from '../json.ts'
import { toIncompleteError, toSkipEvents } from '../stream-end.ts'
import { messageFields } from './decode-response.ts'
import { toSigner } from './models.ts'
import type { DeltaPattern } from './scan-delta.ts'
import { toStopReason, wireReason } from './stop-reason.ts'
import { createStreamedBlock, endBlock, type StreamedBlock, startBlock, takeDelta } from './streamed-block.ts'
import { toUsage } from './usage.ts'
import type { AnthropicEvent, AnthropicMessage } from './wire.ts'

/** The events that a message is made of. */
export type ContentEvent = Exclude<AnthropicEvent, { type: 'message_stop' | 'error' }>

type BlockEvent = Exclude<ContentEvent, { type: 'message_start' | 'message_delta' }>

/**
 * A streamed answer as far as it has come. Data and functions over it, since a gateway holds thousands of them and each
 * closure is memory.
 */
export interface StreamedAnswer {
  readonly context: DecodeContext
  /** How the deltas of the block that goes on look, once one was parsed. */
  pattern: DeltaPattern | undefined
  /** Unreadable events. */
  skipped: number
  isStarted: boolean
  /** Whose signatures they are. */
  model: string
  usage: JsonObject | undefined
  /** What is said of the message itself, at its start and by its delta. */
  fields: JsonObject | undefined
  /** The blocks that are open, by the wire's index. */
  readonly open: Map<number, StreamedBlock>
  /** The wire's index of the block that began last. */
  latest: number
  /** How many blocks have said something. */
  claimed: number
}

/** An answer of which nothing has come. */
export const createStreamedAnswer = (context: DecodeContext): StreamedAnswer => ({
  context,
  pattern: undefined,
  skipped: 0,
  isStarted: false,
  model: context.model,
  usage: undefined,
  fields: undefined,
  open: new Map(),
  latest: -1,
  claimed: 0,
})

/** What an event adds. */
export const takeEvent = (answer: StreamedAnswer, event: ContentEvent): StreamEvent[] => {
  if (event.type === 'message_start') return takeStart(answer, event.message)
  if (answer.isStarted) return takeContent(answer, event)
  // A stream that forgot its start still has an answer; it is just nobody's.
  return [...takeStart(answer, {}), ...takeContent(answer, event)]
}

/** What is only known at the end. ProviderError `bad-response` where nothing has come at all. */
export const finishAnswer = (answer: StreamedAnswer): StreamEvent[] => {
  const { fields = {}, usage } = answer
  if (!answer.isStarted) throw toIncompleteError(answer.context.provider)
  const reason = typeof fields.stop_reason === 'string' ? fields.stop_reason : undefined
  const stopReason = toStopReason(reason)
  const finish: FinishEvent = { type: 'finish', stopReason, usage: toUsage(usage) }
  if (answer.context.isRelay === true) return [finish]
  const rest = { ...otherFields(fields, ['stop_reason']), ...wireReason(reason) }
  const extra = toExtra('anthropic-messages', rest)
  if (extra !== undefined) finish.extra = extra
  const ends = [...answer.open.values()].flatMap((block) => endUnclosed(answer, block, stopReason))
  return [...ends, ...toSkipEvents(answer.skipped), finish]
}

const takeStart = (answer: StreamedAnswer, message: AnthropicMessage): StreamEvent[] => {
  if (message.usage != null) answer.usage = mergeFields(answer.usage, message.usage)
  // A provider that retries inside starts the message again; who answers was said once.
  if (answer.isStarted) return []
  answer.isStarted = true
  answer.model = toSigner(message.model, answer.context.model)
  const reason = message.stop_reason == null ? {} : { stop_reason: message.stop_reason }
  answer.fields = { ...otherFields(message, messageFields), ...reason }
  // What server tools have called already stands in the message with which the stream goes on.
  const blocks = (message.content ?? []).flatMap((value) => {
    const block = createStreamedBlock(value)
    return [...startBlock(block, answer), ...endBlock(block, answer)]
  })
  return [
    {
      type: 'start',
      id: message.id || answer.context.generateId(),
      model: message.model || answer.context.model,
    },
    ...blocks,
  ]
}

const takeContent = (
  answer: StreamedAnswer,
  event: Exclude<ContentEvent, { type: 'message_start' }>,
): StreamEvent[] => {
  if (event.type !== 'message_delta') return takeBlockEvent(answer, event)
  if (event.usage != null) answer.usage = mergeFields(answer.usage, event.usage)
  const { delta, context_management, input_transformations } = event
  answer.fields = mergeFields(answer.fields, { ...delta, context_management, input_transformations })
  return []
}

const takeBlockEvent = (answer: StreamedAnswer, event: BlockEvent): StreamEvent[] => {
  const { open } = answer
  if (event.type === 'content_block_start') {
    answer.latest = event.index ?? answer.latest + 1
    const before = closeBlock(answer, answer.latest)
    const block = createStreamedBlock(event.content_block)
    open.set(answer.latest, block)
    return [...before, ...startBlock(block, answer)]
  }
  const index = event.index ?? answer.latest
  if (event.type === 'content_block_stop') return closeBlock(answer, index)
  const block = open.get(index) ?? beginUnsaid(answer, index, event.delta.type)
  if (block !== undefined) return takeDelta(block, event.delta, answer)
  answer.skipped += 1
  return []
}

/** A block whose start never came, where its deltas say what it is: its text is no less the answer. */
const beginUnsaid = (answer: StreamedAnswer, index: number, delta: string): StreamedBlock | undefined => {
  const type = delta === 'text_delta' ? 'text' : delta === 'thinking_delta' ? 'thinking' : undefined
  if (type === undefined) return undefined
  const block = createStreamedBlock({ type })
  answer.open.set(index, block)
  return block
}

const closeBlock = (answer: StreamedAnswer, index: number): StreamEvent[] => {
  const block = answer.open.get(index)
  answer.open.delete(index)
  return block === undefined ? [] : endBlock(block, answer)
}

/**
 * A block that is open at the end of the message was cut (by `max_tokens`, mostly). Cut text is text; a cut tool use
 * stays without its end, so that nobody takes it for whole; a cut block of an unknown type cannot be sent back.
 */
const endUnclosed = (answer: StreamedAnswer, block: StreamedBlock, stopReason: StopReason): StreamEvent[] => {
  if (block.kind === 'native') {
    const message = 'A block was cut at the end of the message and left out.'
    return [{ type: 'warning', warning: { code: 'dropped-block', message } }]
  }
  return block.kind === 'tool-use' && stopReason !== 'tool-use' ? [] : endBlock(block, answer)
}
