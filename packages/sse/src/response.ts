import { whenAborted } from './abort.ts'
import { encodeSse } from './encode.ts'
import { sseHeaders } from './headers.ts'
import { createHeartbeat } from './heartbeat.ts'
import { createFrameReader, type SseSource, type SseSourceOptions } from './source.ts'
import { clientLeft } from './writer.ts'

type Controller = ReadableStreamDefaultController<Uint8Array>

const encoder = new TextEncoder()

/** What lasts as long as a body is read: its heartbeat, and hearing of an abort. */
interface BodyLife {
  opening: string
  /** At the first read, not before: a response that nobody reads has no timer to leave behind. */
  begin(controller: Controller, isReading: () => boolean): void
  finish(): void
  isOver(): boolean
}

const createBodyLife = (options: SseSourceOptions, leaving: AbortController): BodyLife => {
  const heartbeat = createHeartbeat(options)
  let over = false
  let cleanUp = (): void => {}

  const finish = (): void => {
    over = true
    cleanUp()
  }

  const begin = (controller: Controller, isReading: () => boolean): void => {
    // Only while a read waits, and at most one that has not been taken.
    const stopHeartbeat = heartbeat.start((ping) => {
      if (isReading() && controller.desiredSize === 0) controller.enqueue(encoder.encode(ping))
    })
    cleanUp = stopHeartbeat
    const stopListening = whenAborted(options.signal, (reason) => {
      finish()
      leaving.abort(reason)
      controller.error(reason)
    })
    cleanUp = () => {
      stopHeartbeat()
      stopListening()
    }
  }

  return { opening: heartbeat.opening, begin, finish, isOver: () => over }
}

/** The body of the response: each read asks the source for one frame. */
const createBody = (source: SseSource, options: SseSourceOptions): UnderlyingDefaultSource<Uint8Array> => {
  const { onError } = options
  const leaving = new AbortController()
  const life = createBodyLife(options, leaving)
  const nextText = createFrameReader(source, leaving.signal)
  let begun = false
  let reading = false

  const fail = (error: unknown, controller: Controller): void => {
    life.finish()
    // The source may be sound, and the frame that it gave not.
    leaving.abort(error)
    const last = onError?.(error)
    if (last === undefined) throw error
    controller.enqueue(encoder.encode(encodeSse(last)))
    controller.close()
  }

  const read = async (controller: Controller): Promise<void> => {
    reading = true
    try {
      const text = await nextText()
      if (life.isOver()) return
      if (text !== undefined) return controller.enqueue(encoder.encode(text))
      life.finish()
      controller.close()
    } catch (error) {
      // After an abort or a cancel nobody is left to hear of it.
      if (!life.isOver()) fail(error, controller)
    } finally {
      reading = false
    }
  }

  const pull = async (controller: Controller): Promise<void> => {
    if (!begun) {
      begun = true
      life.begin(controller, () => reading)
      if (life.isOver()) return
      if (life.opening !== '') return controller.enqueue(encoder.encode(life.opening))
    }
    await read(controller)
  }

  const cancel = (reason: unknown): void => {
    life.finish()
    leaving.abort(clientLeft(reason))
  }

  return { pull, cancel }
}

/**
 * An HTTP response that sends the frames of a source as they come.
 *
 * Pull-driven: the source is read at most one frame ahead of the client. When the client leaves, the source's signal
 * aborts and the iterable is freed, also while it is silent. While it is silent, before its first frame too,
 * heartbeat comments go out.
 *
 * @throws SseError `invalid-option` or `invalid-field` for an option out of its range. A frame that cannot be encoded
 * counts as a failure of the source.
 *
 * @example
 * return sseResponse(async function* (signal) {
 *   for await (const tick of ticks({ signal })) yield { event: 'tick', data: JSON.stringify(tick) }
 * })
 */
export const sseResponse = (source: SseSource, options: SseSourceOptions = {}): Response => {
  const headers = sseHeaders(options.headers)
  const body = new ReadableStream(createBody(source, options), { highWaterMark: 0 })
  return new Response(body, { headers })
}
