import type { SseMessage } from '@gateway/sse'
import type { Warning } from '../types/completion.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { StreamDecoder } from './dialect.ts'

/** Options of {@link readStream}. */
export interface ReadStreamOptions {
  /** What of the request was left out, to be told after the start. */
  warnings?: readonly Warning[] | undefined
  /** What was read before an abort is no longer wanted; the messages heed the signal themselves. */
  signal?: AbortSignal | undefined
  /** Hears before anybody else that the answer is whole. */
  onFinish?: (() => void) | undefined
  /** What to throw in place of an error. @defaultValue the error itself */
  toFailure?: ((error: unknown, signal: AbortSignal | undefined) => unknown) | undefined
}

/**
 * The events of a stream as they come. Whatever the messages throw passes through where the answer is not whole by
 * then. Written to hold little while it waits, since thousands of streams wait most of the time: one generator, and
 * nothing of the message before.
 */
export async function* readStream(
  messages: AsyncIterable<SseMessage>,
  decoder: StreamDecoder,
  options: ReadStreamOptions = {},
): AsyncGenerator<StreamEvent> {
  const { warnings = [], signal, onFinish, toFailure } = options
  const iterator = messages[Symbol.asyncIterator]()
  try {
    while (true) {
      for (const event of addWarnings(await nextEvents(iterator, decoder), warnings)) {
        signal?.throwIfAborted()
        if (event.type === 'finish') onFinish?.()
        yield event
        if (event.type === 'finish') return
      }
    }
  } catch (error) {
    throw toFailure === undefined ? error : toFailure(error, signal)
  } finally {
    await iterator.return?.()
  }
}

/** The events of the next message, or of the end. */
const nextEvents = async (
  messages: AsyncIterator<SseMessage>,
  decoder: StreamDecoder,
): Promise<StreamEvent[]> => {
  let step: IteratorResult<SseMessage>
  try {
    step = await messages.next()
  } catch (error) {
    return decoder.end({ error })
  }
  return step.done === true ? decoder.end() : decoder.take(step.value)
}

const addWarnings = (events: StreamEvent[], warnings: readonly Warning[]): StreamEvent[] => {
  if (warnings.length === 0) return events
  const told = warnings.map((warning): StreamEvent => ({ type: 'warning', warning }))
  return events.flatMap((event) => (event.type === 'start' ? [event, ...told] : [event]))
}
