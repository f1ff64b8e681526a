import { createSseDecoder, type SseDecoderOptions, type SseFrame } from '@gateway/sse'
import type { LogEntry } from '../src/testing/reference-decoder.ts'

export const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The whole, each byte alone, and every way of cutting in two. */
export const everyCut = (bytes: Uint8Array): Uint8Array[][] => [
  [bytes],
  Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
  ...Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]),
]

/** Everything that pieces mean, in order. */
export const decodeAll = (
  pieces: readonly Uint8Array[],
  options: Partial<SseDecoderOptions> = {},
): LogEntry[] => {
  const log: LogEntry[] = []
  const decoder = createSseDecoder({
    ...options,
    onMessage: ({ event, data, id, lastEventId }) =>
      log.push({ kind: 'message', event, data, id, lastEventId }),
    onComment: (text) => log.push({ kind: 'comment', text }),
    onRetry: (milliseconds) => log.push({ kind: 'retry', milliseconds }),
  })
  for (const piece of pieces) decoder.push(piece)
  decoder.end()
  return log
}

/** A stream of these chunks. */
export const toStream = (chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

/** A stream of these chunks that then stays silent, and what it was cancelled with. */
export const createSilentStream = (...chunks: string[]) => {
  const seen: { cancelled?: unknown } = {}
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks.shift()
        if (chunk !== undefined) controller.enqueue(toBytes(chunk))
        return chunk === undefined ? new Promise(() => {}) : undefined
      },
      cancel: (reason) => {
        seen.cancelled = reason
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

/** Frames without end, and a promise of their being freed. */
export const createEndless = () => {
  const freed = Promise.withResolvers<void>()
  const source = async function* (): AsyncGenerator<SseFrame> {
    try {
      for (let n = 1; ; n += 1) yield { id: `${n}`, data: 'x'.repeat(1000) }
    } finally {
      freed.resolve()
    }
  }
  return { source, freed: freed.promise }
}
