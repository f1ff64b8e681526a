import type { JsonObject } from '../../types/json.ts'
import type { FinishEvent, StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { toExtra } from '../extra.ts'
import { mergeFields, otherFields } from '../json.ts'
import type { Skips } from '../stream-end.ts'
import { contentPieces, toCalls } from './decode-content.ts'
import { answerFields } from './decode-response.ts'
import { toStopReason } from './stop-reason.ts'
import { createStreamedCalls, type StreamedCalls } from './streamed-calls.ts'
import { createStreamedContent } from './streamed-content.ts'
import { toUsage } from './usage.ts'
import type { ChatAnswer, ChatChoice, ChatMessage } from './wire.ts'

/** A streamed answer as far as it has come; of several choices the first is told. */
export interface StreamedAnswer {
  take(chunk: ChatAnswer): StreamEvent[]
  /** Has every choice given its reason to stop? */
  isWhole(): boolean
  finish(): StreamEvent[]
}

/** An answer of which nothing has come. */
export const createStreamedAnswer = (context: DecodeContext, skips: Skips): StreamedAnswer => {
  const start = createStart(context)
  const blocks = createBlocks(context.generateId)
  // A choice that is there and has no reason yet is still being written.
  const reasons = new Map<number, string | undefined>()
  let usage: JsonObject = {}
  let firstFields: JsonObject | undefined
  let latestFields: JsonObject = {}

  const takeChoice = (choice: ChatChoice): StreamEvent[] => {
    const index = choice.index ?? 0
    reasons.set(index, choice.finish_reason || reasons.get(index))
    if (index !== 0) return []
    // Some servers end with the whole message once more; it counts only where nothing came before it.
    const message = choice.delta ?? (blocks.isEmpty() ? choice.message : undefined)
    return message ? blocks.take(message) : []
  }

  return {
    take(chunk) {
      latestFields = otherFields(chunk, answerFields)
      firstFields ??= latestFields
      usage = mergeFields(usage, chunk.usage ?? chunk.x_groq?.usage ?? {})
      start.learn(chunk)
      const events = (chunk.choices ?? []).flatMap(takeChoice)
      return [...start.events(events.length > 0), ...events]
    },
    isWhole: () => reasons.size > 0 && [...reasons.values()].every((reason) => reason !== undefined),
    finish() {
      const reason = reasons.get(0) ?? [...reasons.values()][0]
      const { events, shape, nameless } = blocks.end(reason === 'length')
      skips.add(nameless)
      const stopReason = toStopReason(reason, shape)
      const wireReason = stopReason === 'unknown' && { choice: { finish_reason: reason } }
      // What a stream says beside its deltas stands in its first chunk, or in its last.
      const fields = mergeFields(firstFields ?? {}, latestFields)
      const extra = toExtra('openai-chat', { ...fields, ...wireReason })
      const finish: FinishEvent = {
        type: 'finish',
        stopReason,
        usage: toUsage(usage),
        ...(extra && { extra }),
      }
      return [...start.events(true), ...events, ...skips.events(), finish]
    },
  }
}

/** The blocks of the first choice, numbered as they begin. */
const createBlocks = (generateId: () => string) => {
  let claimed = 0
  const claim = () => claimed++
  const content = createStreamedContent(claim)
  // Most answers have none.
  let calls: StreamedCalls | undefined
  return {
    isEmpty: () => claimed === 0,
    take(message: ChatMessage): StreamEvent[] {
      const events = contentPieces(message).flatMap(content.take)
      for (const piece of toCalls(message)) {
        calls ??= createStreamedCalls(claim, generateId)
        const said = calls.take(piece)
        // A call that starts ends the text before it; text that comes after it is another block.
        if (said[0]?.type === 'tool-use-start') events.push(...content.close())
        events.push(...said)
      }
      return events
    },
    end(isCut: boolean) {
      const { named, nameless } = calls?.counts() ?? { named: 0, nameless: 0 }
      const events = [...content.close(), ...(calls?.end(isCut) ?? [])]
      return { events, nameless, shape: { hasToolUse: named > 0, hasRefusal: content.hasRefusal() } }
    },
  }
}

/** The start waits for id and model, which a first chunk may leave empty, but not longer than the first content. */
const createStart = (context: DecodeContext) => {
  let id = ''
  let model = ''
  let started = false
  return {
    learn(chunk: ChatAnswer) {
      if (started) return
      id ||= chunk.id ?? ''
      model ||= chunk.model ?? ''
    },
    events(isDue: boolean): StreamEvent[] {
      if (started || (!isDue && (id === '' || model === ''))) return []
      started = true
      return [{ type: 'start', id: id || context.generateId(), model: model || context.model }]
    },
  }
}
