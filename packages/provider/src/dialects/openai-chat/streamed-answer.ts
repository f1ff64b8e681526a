import type { StopReason, Usage } from '../../types/completion.ts'
import type { JsonObject } from '../../types/json.ts'
import type { FinishEvent, StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { toExtra } from '../extra.ts'
import { mergeFields, otherFields } from '../json.ts'
import { toSkipEvents } from '../stream-end.ts'
import { contentPieces, toCalls } from './decode-content.ts'
import { toFaultError } from './decode-error.ts'
import { answerFields } from './decode-response.ts'
import { type ChunkPattern, scanChunk } from './scan-chunk.ts'
import type { SkimmedChunk } from './skim-chunk.ts'
import { faultOf, keptReason, toStopReason } from './stop-reason.ts'
import { createStreamedCalls, type StreamedCalls } from './streamed-calls.ts'
import {
  claimBlock,
  closeContent,
  createStreamedContent,
  type StreamedContent,
  takePiece,
  toDelta,
} from './streamed-content.ts'
import { type StreamedFields, takeFields, toKeptFields } from './streamed-fields.ts'
import { toUsage } from './usage.ts'
import type { ChatAnswer, ChatChoice, ChatMessage } from './wire.ts'

/**
 * A streamed answer as far as it has come; of several choices the first is told. Data and functions over it, since a
 * gateway holds thousands of them and each closure is memory.
 */
export interface StreamedAnswer {
  readonly context: DecodeContext
  /** Unreadable events. */
  skipped: number
  id: string
  model: string
  isStarted: boolean
  readonly content: StreamedContent
  /** Most answers have none. */
  calls: StreamedCalls | undefined
  /** Why each choice stopped. One that is there and has no reason yet is still being written. */
  readonly reasons: Map<number, string | undefined>
  usage: JsonObject | undefined
  firstFields: JsonObject | undefined
  latestFields: JsonObject | undefined
  /** What the choice says beside its deltas. */
  fields: StreamedFields | undefined
  /** How the chunks look, once a plain one was read; of any other chunk there is none. */
  pattern: ChunkPattern | undefined
  /** Chunks that were parsed. */
  read: number
}

// Random characters against listeners that count bytes say nothing.
const chunkFields = [...answerFields, 'obfuscation']

/** An answer of which nothing has come. */
export const createStreamedAnswer = (context: DecodeContext): StreamedAnswer => ({
  context,
  skipped: 0,
  id: '',
  model: '',
  isStarted: false,
  content: createStreamedContent(),
  calls: undefined,
  reasons: new Map(),
  usage: undefined,
  firstFields: undefined,
  latestFields: undefined,
  fields: undefined,
  pattern: undefined,
  read: 0,
})

/** The events of a message that is like the one before it but for its text; `undefined` where it is not. */
export const takeKnown = (answer: StreamedAnswer, data: string): StreamEvent[] | undefined => {
  const { pattern, content, calls } = answer
  const text = pattern && scanChunk(data, pattern)
  if (pattern === undefined || text === undefined) return undefined
  if (text === '') return []
  if (pattern.kind === 'arguments') return calls?.takeNext(text)
  return content.open?.kind === pattern.kind
    ? [toDelta(pattern.kind, content.open.index, text)]
    : takePiece(content, { kind: pattern.kind, text })
}

/** What a chunk adds. */
export const takeChunk = (answer: StreamedAnswer, chunk: ChatAnswer): StreamEvent[] => {
  answer.latestFields = otherFields(chunk, chunkFields)
  answer.firstFields ??= answer.latestFields
  const used = chunk.usage ?? chunk.x_groq?.usage ?? chunk.choices?.[0]?.usage
  if (used != null) answer.usage = mergeFields(answer.usage, used)
  answer.id ||= chunk.id ?? ''
  answer.model ||= chunk.model ?? ''
  const events = (chunk.choices ?? []).flatMap((choice) => takeChoice(answer, choice))
  return [...startEvents(answer, events.length > 0), ...events]
}

/** What a chunk adds to what a relay wants to know. */
export const takeSkimmed = (
  answer: StreamedAnswer,
  { hasChoice, hasContent, finishReason, usage }: SkimmedChunk,
): StreamEvent[] => {
  const { reasons, content } = answer
  if (hasChoice) reasons.set(0, finishReason ?? reasons.get(0))
  if (usage !== undefined) answer.usage = mergeFields(answer.usage, usage)
  return hasContent ? takePiece(content, unread) : []
}

const unread = { kind: 'text', text: '' } as const

/** Has every choice given its reason to stop? */
export const isWhole = ({ reasons }: StreamedAnswer): boolean => {
  for (const reason of reasons.values()) if (reason === undefined) return false
  return reasons.size > 0
}

const countedUsage = ({ usage = {} }: StreamedAnswer): Usage | undefined =>
  Object.keys(usage).length === 0 ? undefined : toUsage(usage)

/** What is only known at the end. ProviderError where the server stopped for a fault of its own. */
export const finishAnswer = (answer: StreamedAnswer): StreamEvent[] => {
  const { content, calls, reasons, context } = answer
  let reason = reasons.get(0)
  for (const given of reasons.values()) {
    // One of several choices that is no answer makes the whole none.
    const fault = faultOf(given)
    if (fault !== undefined) throw toFaultError(fault, context.provider, countedUsage(answer))
    reason ??= given
  }
  const { named, nameless } = calls?.counts() ?? noCalls
  const stopReason = toStopReason(reason, { hasToolUse: named > 0, hasRefusal: content.hasRefusal })
  const finish: FinishEvent = { type: 'finish', stopReason, usage: toUsage(answer.usage) }
  if (context.isRelay === true) return [finish]
  const extra = toFinishExtra(answer, reason, stopReason)
  if (extra !== undefined) finish.extra = extra
  const ends = [...closeContent(content), ...(calls?.end(reason === 'length') ?? [])]
  return [...startEvents(answer, true), ...ends, ...toSkipEvents(answer.skipped + nameless), finish]
}

const noCalls = { named: 0, nameless: 0 }

/** What is said of the answer beside the answer. */
const toFinishExtra = (
  answer: StreamedAnswer,
  reason: string | undefined,
  stopReason: StopReason,
): JsonObject | undefined => {
  // What a stream says beside its choices stands in its first chunk, or in its last.
  const fields = mergeFields(answer.firstFields, answer.latestFields ?? {})
  const kept = toKeptFields({
    choice: { ...answer.fields?.choice, ...keptReason(reason, stopReason) },
    message: answer.fields?.message ?? {},
  })
  return toExtra('openai-chat', { ...fields, ...kept })
}

const takeChoice = (answer: StreamedAnswer, choice: ChatChoice): StreamEvent[] => {
  const index = choice.index ?? 0
  answer.reasons.set(index, choice.finish_reason || answer.reasons.get(index))
  if (index !== 0) return []
  // Some servers end with the whole message once more; it counts only where nothing came before it.
  const message = choice.delta ?? (answer.content.blocks === 0 ? choice.message : undefined)
  answer.fields = takeFields(answer.fields, choice, message)
  return message ? takeMessage(answer, message) : []
}

const takeMessage = (answer: StreamedAnswer, message: ChatMessage): StreamEvent[] => {
  const { content, context } = answer
  const events = contentPieces(message).flatMap((piece) => takePiece(content, piece))
  const pieces = toCalls(message)
  for (const [at, piece] of pieces.entries()) {
    answer.calls ??= createStreamedCalls(() => claimBlock(content), context)
    const said = answer.calls.take(piece, pieces.length - at)
    // A call that starts ends the text before it; text that comes after it is another block.
    if (said[0]?.type === 'tool-use-start') events.push(...closeContent(content))
    events.push(...said)
  }
  return events
}

/** The start waits for id and model, which a first chunk may leave empty, but not longer than the first content. */
const startEvents = (answer: StreamedAnswer, isDue: boolean): StreamEvent[] => {
  const { id, model, context } = answer
  if (answer.isStarted || (!isDue && (id === '' || model === ''))) return []
  answer.isStarted = true
  return [{ type: 'start', id: id || context.generateId(), model: model || context.model }]
}
