import { SessionError } from './errors.ts'
import { checkText } from './keys.ts'
import type { JsonRecord, NewSessionEvent, SessionEvent } from './types.ts'

/** An event as stores hold it: its data is JSON text, so that no caller can change it afterwards. */
export interface EncodedEvent {
  type: string
  turnId: string | undefined
  at: number
  text: string
}

/** Events of one append, with what they add to the counts of their session. */
export interface EncodedBatch {
  events: EncodedEvent[]
  messages: number
  /** UTF-8 bytes of all data but deltas'. */
  bytes: number
  /** Characters of all data. */
  characters: number
}

const utf8 = new TextEncoder()

/** Bytes of a text in UTF-8. */
export const utf8Bytes = (text: string): number => utf8.encode(text).byteLength

/** Checks and encodes events before any of them is written; SessionError `invalid` when one cannot be kept as JSON. */
export function encodeEvents(events: readonly NewSessionEvent[]): EncodedBatch {
  const batch: EncodedBatch = { events: [], messages: 0, bytes: 0, characters: 0 }
  for (const event of events) {
    const encoded = encodeEvent(event)
    batch.events.push(encoded)
    batch.characters += encoded.text.length
    if (event.type === 'message') batch.messages += 1
    if (event.type !== 'delta') batch.bytes += utf8Bytes(encoded.text)
  }
  return batch
}

/** Checks and encodes one event. */
export function encodeEvent({ type, turnId, at, data }: NewSessionEvent): EncodedEvent {
  checkText('event type', type)
  if (turnId !== undefined) checkText('turn id', turnId)
  if (!Number.isSafeInteger(at)) {
    throw new SessionError(
      'invalid',
      `The time ${String(at)} of a ${type} event is not a whole number of milliseconds.`,
    )
  }
  const text = toJson(type, data)
  if (!text?.startsWith('{')) {
    throw new SessionError('invalid', `The data of a ${type} event is not a JSON object.`)
  }
  return { type, turnId, at, text }
}

function toJson(type: string, data: JsonRecord): string | undefined {
  try {
    return JSON.stringify(data)
  } catch (cause) {
    // Cycles, big integers, and nesting that is deeper than the stack.
    throw new SessionError('invalid', `The data of a ${type} event cannot be written as JSON.`, { cause })
  }
}

/** The event that readers get. It is frozen in depth, since followers and caches share it. */
export function toEvent(encoded: EncodedEvent, seq: number): SessionEvent {
  const event: SessionEvent = {
    v: 1,
    seq,
    type: encoded.type,
    at: encoded.at,
    data: parseData(encoded.text, seq),
  }
  if (encoded.turnId !== undefined) event.turnId = encoded.turnId
  return freeze(event)
}

function parseData(text: string, seq: number): JsonRecord {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new SessionError('corrupt', `Event ${seq} of the log holds no JSON: ${text.slice(0, 40)}`, {
      cause,
    })
  }
  if (isRecord(data)) return data
  throw new SessionError('corrupt', `Event ${seq} of the log holds no JSON object: ${text.slice(0, 40)}`)
}

/** True for a JSON object, as opposed to an array or a scalar. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Freezes a JSON value in depth, without recursion: its nesting comes from outside. */
function freeze<T extends object>(root: T): T {
  const open: object[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    Object.freeze(value)
    for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) open.push(part)
  }
  return root
}
