import { untilAborted } from '../abort.ts'

/** Who is told how a body goes on and ends. */
export interface BodyWatch {
  sent(bytes: number): void
  done(): void
  aborted(): void
}

/**
 * A response body that is made as it is read, one chunk at a time. What breaks `chunks` breaks the body; so does an
 * abort, with the signal's reason, which a read that waits learns at once.
 */
export const toBody = (
  chunks: AsyncGenerator<Uint8Array>,
  signal: AbortSignal,
  watch: BodyWatch,
): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await untilAborted(chunks.next(), signal)
          if (!next.done) {
            watch.sent(next.value.length)
            controller.enqueue(next.value)
            return
          }
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        if (signal.aborted) watch.aborted()
        else watch.done()
      },
      cancel: () => watch.aborted(),
    },
    { highWaterMark: 0 },
  )
