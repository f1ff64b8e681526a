import { whenAborted } from './abort.ts'
import { encodeSseBytes } from './encode.ts'
import { sseHeaders } from './headers.ts'
import { createHeartbeat } from './heartbeat.ts'
import { createFrameReader, type SseSource, type SseSourceOptions } from './source.ts'
import { createStallWatch } from './stall.ts'
import { clientLeft } from './writer.ts'

type Controller = ReadableStreamDefaultController<Uint8Array>

const encoder = new TextEncoder()

/** What lasts as long as a body is read: its heartbeat, the watch over its client, and hearing of an abort. */
interface BodyLife {
  opening: string
  /** At the first read, not before: a response that nobody reads has no timer to leave behind. */
  begin(controller: Controller): void
  /** Comes when the client asks for more, and when it has got something. */
  readBegins(): void
  readEnds(): void
  finish(): void
  isOver(): boolean
}

const createBodyLife = (options: SseSourceOptions, leaving: AbortController): BodyLife => {
  const heartbeat = createHeartbeat(options)
  let over = false
  let reading = false
  let reads = 0
  let fail = (_: unknown): void => {}
  let stops: (() => void)[] = []

  const finish = (): void => {
    over = true
    for (const stop of stops) stop()
    stops = []
  }

  const stall = createStallWatch(options, {
    isWaiting: () => !reading,
    taken: () => reads,
    onStall: (error) => fail(error),
  })

  const begin = (controller: Controller): void => {
    fail = (reason) => {
      finish()
      leaving.abort(reason)
      controller.error(reason)
    }
    // Only while a read waits, and at most one that has not been taken.
    const beat = (ping: string): void => {
      if (reading && controller.desiredSize === 0) controller.enqueue(encoder.encode(ping))
    }
    stops.push(stall.stop, heartbeat.start(beat))
    const stopListening = whenAborted(options.signal, fail)
    if (over) stopListening()
    else stops.push(stopListening)
  }

  const readBegins = (): void => {
    reading = true
    reads += 1
  }

  const readEnds = (): void => {
    reading = false
    if (!over) stall.wait()
  }

  return { opening: heartbeat.opening, begin, readBegins, readEnds, finish, isOver: () => over }
}

/** The body of the response: each read asks the source for one frame. */
const createBody = (source: SseSource, options: SseSourceOptions): UnderlyingDefaultSource<Uint8Array> => {
  const { onError } = options
  const leaving = new AbortController()
  const life = createBodyLife(options, leaving)
  const nextBytes = createFrameReader(source, leaving.signal)
  let begun = false

  const fail = (error: unknown, controller: Controller): void => {
    life.finish()
    // The source may be sound, and the frame that it gave not.
    leaving.abort(error)
    const last = onError?.(error)
    if (last === undefined) throw error
    controller.enqueue(encodeSseBytes(last))
    controller.close()
  }

  /** Whether the body's turn goes on after its opening. */
  const begin = (controller: Controller): boolean => {
    begun = true
    life.begin(controller)
    if (life.isOver()) return false
    if (life.opening === '') return true
    controller.enqueue(encoder.encode(life.opening))
    life.readEnds()
    return false
  }

  const pull = async (controller: Controller): Promise<void> => {
    if (!begun && !begin(controller)) return
    life.readBegins()
    try {
      const bytes = await nextBytes()
      if (life.isOver()) return
      if (bytes !== undefined) return controller.enqueue(bytes)
      life.finish()
      controller.close()
    } catch (error) {
      // After an abort or a cancel nobody is left to hear of it.
      if (!life.isOver()) fail(error, controller)
    } finally {
      life.readEnds()
    }
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
