import type { SseMessage } from '@gateway/sse'
import { isJsonObject, parseJson } from '../dialects/json.ts'
import { append, createByteBuffer, takeAll } from '../http/byte-buffer.ts'
import { toPassedHeaders } from '../http/passed-headers.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { toStreamHead } from './answer-head.ts'
import { toOwnError } from './attempt.ts'
import { type ClientStream, isContent, openClientStream } from './client-stream.ts'
import { eventAround, eventFrom, textStart } from './read-event.ts'
import { close, fail, maxHeldBytes, type RelayStream, stop, tooLarge } from './relay-state.ts'

/** Goes event by event up to the first content: what is behind it belongs to an answer that has begun. */
export const wait = (stream: RelayStream, whole: Uint8Array): boolean => {
  let end = 0
  while (!stream.hasContent && end < whole.length) {
    const event = eventFrom(whole, end === 0 && stream.held === undefined ? textStart(whole) : end)
    end = event.end
    takeMessage(stream, event.message)
  }
  // Nothing has to be kept of what passes at once.
  if (stream.hasContent && stream.held === undefined) return pass(stream, commit(stream), whole, end)
  stream.held ??= createByteBuffer()
  append(stream.held, end === whole.length ? whole : whole.subarray(0, end))
  if (!stream.hasContent) {
    if (stream.held.length > maxHeldBytes) throw tooLarge('What the upstream sent before any content')
    return true
  }
  const client = commit(stream)
  return end === whole.length ? client.goesOn() : pass(stream, client, whole.subarray(end))
}

/** Begins the answer with what was held. */
export const commit = (stream: RelayStream): ClientStream => {
  const { attempt, held } = stream
  stream.attempt.watch.output()
  stream.report.firstTokenMs = attempt.now() - attempt.startedAt
  const client = openClientStream(attempt, toStreamHead(attempt, toPassedHeaders(stream.headers)))
  stream.client = client
  if (stream.phase === 'waiting') stream.phase = 'open'
  if (held !== undefined) {
    const events = takeAll(held)
    pass(stream, client, events, events.length)
  }
  stream.headers = {}
  stream.held = undefined
  stream.committed.resolve({ done: stream.done.promise })
  return client
}

/** Reads one message. Throws what it says went wrong. */
export const takeMessage = (stream: RelayStream, message: SseMessage | undefined): void => {
  if (message !== undefined && stream.phase !== 'whole') note(stream, stream.decoder.take(message))
}

/** Takes note of what was read. */
export const note = (stream: RelayStream, events: readonly StreamEvent[]): void => {
  for (const event of events) {
    if (!stream.hasContent && isContent(event)) stream.hasContent = true
    if (event.type !== 'finish') continue
    stream.report.usage = event.usage
    stream.report.stopReason = event.stopReason
    stream.phase = 'whole'
    // A server that keeps an answer open that is whole holds nobody up.
    stream.lifeline.expectEnd(() => close(stream))
  }
}

/**
 * Lets whole events through, but for what the client must not see; reads those that matter. Those before `readTo` were
 * read.
 */
export const pass = (stream: RelayStream, client: ClientStream, whole: Uint8Array, readTo = 0): boolean => {
  const { finder, hidesUsage } = stream
  const wasWhole = stream.phase === 'whole'
  let written = 0
  let at = finder.find(whole, hidesUsage ? 0 : readTo)
  while (at >= 0) {
    const wasRead = at < readTo
    if (wasWhole && !wasRead) break
    const { start, end, message } = eventAround(whole, at)
    if (isHidden(stream, message)) {
      write(client, whole, written, start)
      written = end
    }
    try {
      if (!wasRead) takeMessage(stream, message)
    } catch (error) {
      // The upstream's own words in the client's dialect: nothing is added to them, and nothing follows them.
      const isTold = message !== undefined && isErrorEvent(message)
      write(client, whole, written, isTold ? end : start)
      if (isTold) stop(stream, toOwnError(stream.attempt, error))
      else fail(stream, error)
      return true
    }
    at = finder.find(whole, end)
  }
  write(client, whole, written, whole.length)
  return client.goesOn()
}

/** Is it a chunk that the client did not ask for? */
export const isHidden = ({ hidesUsage, attempt }: RelayStream, message: SseMessage | undefined): boolean => {
  if (!hidesUsage || message === undefined) return false
  // `[DONE]` is most of what is no object, and trying to parse it is costly.
  return message.data.startsWith('{') && attempt.dialect.client.rules.isUsageOnly(message.data)
}

/** Does the event itself say what went wrong, as either dialect does? An end without a reason does not. */
const isErrorEvent = ({ event, data }: SseMessage): boolean => {
  const value = event === 'error' ? true : parseJson(data)
  return (
    value === true ||
    (isJsonObject(value) && (value.error != null || value.type === 'error' || value.object === 'error'))
  )
}

const write = (client: ClientStream, bytes: Uint8Array, start: number, end: number): void => {
  if (start === end) return
  client.write(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
}
