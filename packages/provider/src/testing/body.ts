import { untilAborted } from '../abort.ts'

/** Who is told how a body ended. */
export interface BodyEnd {
  done(): void
  aborted(): void
}

/**
 * A response body that is made as it is read, one chunk at a time. An abort breaks it with the signal's reason, also
 * while nobody reads; a break of `chunks` is a break of the body.
 */
export const toBody = (
  chunks: AsyncGenerator<string>,
  signal: AbortSignal,
  end: BodyEnd,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let onAbort = () => {}
  const release = () => signal.removeEventListener('abort', onAbort)
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        onAbort = () => {
          controller.error(signal.reason)
          end.aborted()
        }
        signal.addEventListener('abort', onAbort, { once: true })
      },
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
        if (signal.aborted) return
        end.done()
        release()
      },
      cancel() {
        release()
        end.aborted()
      },
    },
    { highWaterMark: 0 },
  )
}
