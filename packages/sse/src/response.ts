import { encodeSse } from './encode.ts'
import { sseHeaders } from './headers.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { Puller } from './pull.ts'
import { openSource, type SseSource, type SseSourceOptions } from './source.ts'
import type { SseFrame } from './types.ts'
import { clientLeft } from './writer.ts'

const encoder = new TextEncoder()

/** The next frame's text; `undefined` at the end. */
const nextText = async (frames: Puller<SseFrame>): Promise<string | undefined> => {
  for (;;) {
    const step = await frames.next()
    if (step.done) return undefined
    const text = encodeSse(step.value)
    // An empty frame would leave a read without an answer.
    if (text !== '') return text
  }
}

/** The body of the response: each read asks the source for one frame. */
const createBody = (source: SseSource, options: SseSourceOptions): UnderlyingDefaultSource<Uint8Array> => {
  const { onError, signal } = options
  const heartbeat = createHeartbeat(options)
  const leaving = new AbortController()
  let frames: Promise<Puller<SseFrame>> | undefined
  let reading = false
  let over = false
  let cleanUp = (): void => {}

  const open = (): Promise<Puller<SseFrame>> => {
    frames ??= openSource(source, leaving.signal)
    return frames
  }

  const finish = (): void => {
    over = true
    cleanUp()
  }

  /** At the first read, not before: a response that nobody reads has no timer to leave behind. */
  const begin = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const onAbort = (): void => {
      finish()
      leaving.abort(signal?.reason)
      controller.error(signal?.reason)
    }
    // Only while a read waits, and at most one that has not been taken.
    const stop = heartbeat.start((ping) => {
      if (reading && controller.desiredSize === 0) controller.enqueue(encoder.encode(ping))
    })
    cleanUp = () => {
      stop()
      signal?.removeEventListener('abort', onAbort)
    }
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  }

  const fail = (error: unknown, controller: ReadableStreamDefaultController<Uint8Array>): void => {
    finish()
    // The source may be sound, and the frame that it gave not.
    leaving.abort(error)
    if (onError === undefined) throw error
    const last = onError(error)
    if (last !== undefined) controller.enqueue(encoder.encode(encodeSse(last)))
    controller.close()
  }

  const read = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    reading = true
    try {
      const text = await nextText(await open())
      if (over) return
      if (text !== undefined) return controller.enqueue(encoder.encode(text))
      finish()
      controller.close()
    } catch (error) {
      // After an abort or a cancel nobody is left to hear of it.
      if (!over) fail(error, controller)
    } finally {
      reading = false
    }
  }

  let begun = false
  return {
    pull: async (controller) => {
      if (!begun) {
        begun = true
        begin(controller)
        if (over) return
        if (heartbeat.opening !== '') return controller.enqueue(encoder.encode(heartbeat.opening))
      }
      await read(controller)
    },
    cancel: async (reason) => {
      finish()
      leaving.abort(clientLeft(reason))
      // An iterable that was never read may hold a connection all the same; opening it now frees it.
      if (typeof source !== 'function') await open()
    },
  }
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
