import type { JsonObject } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { toExtra } from '../extra.ts'
import { mergeFields, otherFields } from '../json.ts'
import type { Skips } from '../stream-end.ts'
import { type ContentPiece, contentPieces, refusalFields } from './decode-content.ts'
import { answerFields } from './decode-response.ts'
import { toStopReason } from './stop-reason.ts'
import { createStreamedCalls } from './streamed-calls.ts'
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
  const reasons = new Map<number, string | undefined>()
  const start = createStart(context)
  let claimed = 0
  let open: { kind: ContentPiece['kind']; index: number } | undefined
  let hasRefusal = false
  let usage: JsonObject = {}
  let first: ChatAnswer | undefined
  let latest: ChatAnswer | undefined

  const close = (): StreamEvent[] => {
    const block = open
    open = undefined
    if (block === undefined) return []
    const extra = block.kind === 'refusal' ? toExtra('openai-chat', refusalFields) : undefined
    return [{ type: 'block-end', index: block.index, ...(extra !== undefined && { extra }) }]
  }

  const calls = createStreamedCalls(() => claimed++, context.generateId)

  const takePiece = ({ kind, text }: ContentPiece): StreamEvent[] => {
    const events = open !== undefined && open.kind !== kind ? close() : []
    open ??= { kind, index: claimed++ }
    hasRefusal ||= kind === 'refusal'
    const { index } = open
    events.push(
      kind === 'thinking' ? { type: 'thinking-delta', index, text } : { type: 'text-delta', index, text },
    )
    return events
  }

  const takeMessage = (message: ChatMessage): StreamEvent[] => {
    const events = contentPieces(message).flatMap(takePiece)
    const pieces =
      message.tool_calls ?? (message.function_call ? [{ index: 0, function: message.function_call }] : [])
    for (const piece of pieces) {
      const said = calls.take(piece)
      // A call that starts ends the text before it; text that comes after it is another block.
      if (said[0]?.type === 'tool-use-start') events.push(...close())
      events.push(...said)
    }
    return events
  }

  const takeChoice = (choice: ChatChoice): StreamEvent[] => {
    const index = choice.index ?? 0
    reasons.set(index, choice.finish_reason || reasons.get(index))
    if (index !== 0) return []
    // Some servers end with the whole message once more; it counts only where nothing came before it.
    const message = choice.delta ?? (claimed === 0 ? choice.message : undefined)
    return message ? takeMessage(message) : []
  }

  return {
    take(chunk) {
      first ??= chunk
      latest = chunk
      usage = mergeFields(usage, chunk.usage ?? chunk.x_groq?.usage ?? {})
      start.learn(chunk)
      const events = (chunk.choices ?? []).flatMap(takeChoice)
      return [...start.events(events.length > 0), ...events]
    },
    isWhole: () => reasons.size > 0 && [...reasons.values()].every((reason) => reason !== undefined),
    finish() {
      const reason = reasons.get(0) ?? [...reasons.values()][0]
      const ends = [...close(), ...calls.end(reason === 'length')]
      const { named, nameless } = calls.counts()
      skips.add(nameless)
      const stopReason = toStopReason(reason, { hasToolUse: named > 0, hasRefusal })
      const fields = mergeFields(otherFields(first, answerFields), otherFields(latest, answerFields))
      const wireReason = stopReason === 'unknown' &&
        reason !== undefined && { choice: { finish_reason: reason } }
      const extra = toExtra('openai-chat', { ...fields, ...wireReason })
      return [
        ...start.events(true),
        ...ends,
        ...skips.events(),
        { type: 'finish', stopReason, usage: toUsage(usage), ...(extra !== undefined && { extra }) },
      ]
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
