import { decodeSse, type SseMessage } from '@gateway/sse'
import { isContent } from '../forward/client-stream.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { DecodeContext, Dialect, StreamDecoder } from './dialect.ts'
import { readStream } from './read-stream.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** A context whose ids are predictable. */
export const makeContext = (over: Partial<DecodeContext> = {}): DecodeContext => {
  let made = 0
  const generateId = () => {
    made += 1
    return `gen_${made}`
  }
  return { provider: 'test', model: 'asked-model', generateId, ...over }
}

/** The messages of a stream whose bytes come in these chunks. */
export const decodeMessages = async (chunks: Iterable<Uint8Array>): Promise<SseMessage[]> => {
  const messages: SseMessage[] = []
  for await (const message of decodeSse(chunks)) messages.push(message)
  return messages
}

/** The events of a stream whose bytes come in these chunks. */
export const decodeChunks = async (
  dialect: Pick<Dialect, 'createStreamDecoder'>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  context: DecodeContext = makeContext(),
): Promise<StreamEvent[]> => {
  const events: StreamEvent[] = []
  for await (const event of readStream(decodeSse(chunks), dialect.createStreamDecoder(context))) {
    events.push(event)
  }
  return events
}

/** The events of a whole stream. */
export const decodeText = (
  dialect: Pick<Dialect, 'createStreamDecoder'>,
  text: string,
  context?: DecodeContext,
): Promise<StreamEvent[]> => decodeChunks(dialect, [new TextEncoder().encode(text)], context)

/** What there is to see of a stream for a relay: which messages are content, and how it ends. */
export const watchStream = (decoder: StreamDecoder, messages: readonly string[]): unknown[] => {
  const seen: unknown[] = []
  const isOver = (read: () => StreamEvent[]) => {
    try {
      const events = read()
      const end = events.find((event) => event.type === 'finish')
      seen.push(end ? { usage: end.usage, stopReason: end.stopReason } : events.some(isContent))
      return end !== undefined
    } catch (error) {
      seen.push(String(error))
      return true
    }
  }
  for (const data of messages) {
    if (isOver(() => decoder.take({ data, event: undefined, id: undefined, lastEventId: '' }))) return seen
  }
  isOver(() => decoder.end())
  return seen
}

/** Every way to cut bytes in two, and one with every byte on its own. */
export function* cuts(text: string): Generator<Uint8Array[]> {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at <= bytes.length; at += 1) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
}

/** An event stream of JSON events; an object's `type` becomes the event's name where `named`. */
export const toSse = (events: readonly unknown[], named = false): string =>
  events
    .map((event) => {
      const isNamed = named && typeof event === 'object' && event !== null && 'type' in event
      const name = isNamed ? `event: ${String(event.type)}\n` : ''
      return `${name}data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`
    })
    .join('')
