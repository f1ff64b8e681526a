import { untilAborted } from '../abort.ts'

/** Who is told how a body ended. */
export interface BodyEnd {
  done(): void
  aborted(): void
}

/**
 * A response body that is made as it is read, one chunk at a time. What breaks `chunks` breaks the body; so does an
 * abort, with the signal's reason, which a read that waits learns at once.
 */
export const toBody = (
  chunks: AsyncGenerator<string>,
  signal: AbortSignal,
  end: BodyEnd,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await untilAborted(chunks.next(), signal)
          if (!next.done) {
            controller.enqueue(encoder.encode(next.value))
            return
          }
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        if (signal.aborted) end.aborted()
        else end.done()
      },
      cancel: () => end.aborted(),
    },
    { highWaterMark: 0 },
  )
}
