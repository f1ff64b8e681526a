import { ProviderError } from '../../errors.ts'
import type { FinishEvent, StreamEvent } from '../../types/stream-event.ts'
import type { ClientContext, StreamEncoder } from '../client-dialect.ts'
import {
  closeBlock,
  type OpenBlock,
  startToolUse,
  writeDelta,
  writeNative,
  writeSignature,
} from './encode-block.ts'
import { encodeError } from './encode-error.ts'
import { ownFields } from './encode-response.ts'
import { fromStopReason } from './stop-reason.ts'
import { frame } from './stream-frame.ts'
import { fromUsage } from './usage.ts'

type BlockEvent = Extract<StreamEvent, { index: number }>

/** Characters that wait for an open block to end; more is no answer that a model gives. */
const maxHeld = 8_388_608

/** A stream as far as it was written. */
interface Writing {
  /** How many blocks were begun: the index of the next one. */
  begun: number
  open: OpenBlock | undefined
  /** The events of blocks that began while another one was open, by their index, in the order in which they began. */
  held: Map<number, BlockEvent[]> | undefined
  heldLength: number
}

/**
 * Writes a Messages stream. This wire has one block open at a time: what other blocks say meanwhile is held until that
 * one ends. A tool use that was cut gets no `content_block_stop`, so that nobody takes it for whole.
 * `encode` throws ProviderError `bad-response` where more is held than 8 Mi characters.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export const createStreamEncoder = (context: ClientContext): StreamEncoder => {
  const writing: Writing = { begun: 0, open: undefined, held: undefined, heldLength: 0 }
  return {
    encode(event) {
      switch (event.type) {
        case 'start':
          return encodeStart(event.id || context.generateId(), event.model, context.inputEstimate)
        case 'warning':
          return ''
        case 'finish':
          return finish(writing, event)
        default:
          return takeBlockEvent(writing, event)
      }
    },
    fail: (error) => frame('error', encodeError(error)),
  }
}

/**
 * What a model reads is known at the end alone. Clients that look at the start for it, and never again, get the
 * estimate.
 */
const encodeStart = (id: string, model: string, inputTokens = 0): string =>
  frame('message_start', {
    type: 'message_start',
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: fromUsage({ inputTokens, outputTokens: 0 }),
    },
  })

const takeBlockEvent = (writing: Writing, event: BlockEvent): string => {
  const { open } = writing
  if (open !== undefined && open.source !== event.index) {
    hold(writing, event)
    return ''
  }
  const text = write(writing, event)
  return writing.held === undefined || writing.open !== undefined ? text : text + writeHeld(writing)
}

/** Writes an event of the block that is open, or that it opens. */
const write = (writing: Writing, event: BlockEvent): string => {
  switch (event.type) {
    case 'text-delta':
      return writeDelta(writing, event.index, 'text', event.text)
    case 'tool-input-delta':
      // Without its start nobody could tell whose input it is.
      return writing.open === undefined ? '' : writeDelta(writing, event.index, 'tool-use', event.text)
    case 'thinking-delta':
      return (
        writeDelta(writing, event.index, 'thinking', event.text) +
        writeSignature(writing, event.index, event.signature)
      )
    case 'tool-use-start':
      return startToolUse(writing, event)
    case 'block-end':
      return closeBlock(writing, event)
    case 'native':
      return writeNative(writing, event.block)
  }
}

const hold = (writing: Writing, event: BlockEvent): void => {
  writing.held ??= new Map()
  const events = writing.held.get(event.index)
  if ('text' in event) writing.heldLength += event.text.length
  if (writing.heldLength > maxHeld) {
    throw new ProviderError(`Blocks of the answer that interleave are longer than ${maxHeld} characters.`, {
      code: 'bad-response',
    })
  }
  if (events === undefined) writing.held.set(event.index, [event])
  else events.push(event)
}

/** Writes held blocks up to one that has not ended yet, which is then the open one. */
const writeHeld = (writing: Writing): string => {
  const { held } = writing
  let text = ''
  while (held !== undefined && held.size > 0 && writing.open === undefined) {
    const [index, events] = held.entries().next().value ?? [0, []]
    held.delete(index)
    for (const event of events) text += write(writing, event)
  }
  if (held?.size === 0) {
    writing.held = undefined
    writing.heldLength = 0
  }
  return text
}

/** Ends what is open, writes what is held, and tells why it stopped and what it cost. */
const finish = (writing: Writing, event: FinishEvent): string => {
  let text = ''
  do {
    if (writing.open?.kind === 'tool-use') writing.open = undefined
    else if (writing.open !== undefined) text += closeBlock(writing, undefined)
    text += writeHeld(writing)
  } while (writing.open !== undefined)
  const { stop_reason: ownReason, context_management, input_transformations, ...fields } = ownFields(event)
  return (
    text +
    frame('message_delta', {
      type: 'message_delta',
      delta: { stop_reason: ownReason ?? fromStopReason(event.stopReason), stop_sequence: null, ...fields },
      usage: fromUsage(event.usage),
      context_management,
      input_transformations,
    }) +
    frame('message_stop', { type: 'message_stop' })
  )
}
