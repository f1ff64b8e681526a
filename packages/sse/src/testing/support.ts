import { createBatchedDecoder, type SseDecoder, type SseParseOptions } from '../decoder.ts'
import type { StartInterval } from '../interval.ts'
import type { Batching } from '../reader.ts'
import type { LogEntry } from './reference-decoder.ts'

export const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const toText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

export const concat = (pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** A stream of these chunks. */
export const toStream = (chunks: Iterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const iterator = chunks[Symbol.iterator]()
  return new ReadableStream({
    pull: (controller) => {
      const step = iterator.next()
      if (step.done === true) controller.close()
      else controller.enqueue(step.value)
    },
  })
}

/** The pieces between the given cuts, in any order and with repetitions (which make empty pieces). */
export const cutAt = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const sorted = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b)
  let from = 0
  return sorted.map((to) => {
    const piece = bytes.subarray(from, to)
    from = to
    return piece
  })
}

/** Every way of cutting in two, the whole, and each byte alone. */
export const everyCut = (bytes: Uint8Array): Uint8Array[][] => [
  [bytes],
  Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
  ...Array.from(bytes, (_, at) => cutAt(bytes, [at])),
]

type LoggedOptions = Omit<SseParseOptions, 'onComment' | 'onRetry'>

/** How much is gathered by default, and so little that a short stream comes in batches and slices. */
export const everyBatching: (Batching | undefined)[] = [
  undefined,
  { batchBytes: 1, sliceBytes: 1 },
  { batchBytes: 8, sliceBytes: 5 },
]

/** A decoder of ours whose every callback writes into one log. */
export const createLoggingDecoder = (
  options: LoggedOptions = {},
  batching?: Batching | undefined,
): SseDecoder & { log: LogEntry[] } => {
  const log: LogEntry[] = []
  const decoder = createBatchedDecoder(
    {
      ...options,
      onMessage: ({ event, data, id, lastEventId }) =>
        log.push({ kind: 'message', event, data, id, lastEventId }),
      onComment: (text) => log.push({ kind: 'comment', text }),
      onRetry: (milliseconds) => log.push({ kind: 'retry', milliseconds }),
    },
    batching,
  )
  return { ...decoder, log }
}

/** Decodes pieces into a log. */
export const decodePieces = (
  pieces: readonly Uint8Array[],
  options?: LoggedOptions,
  batching?: Batching | undefined,
): LogEntry[] => {
  const decoder = createLoggingDecoder(options, batching)
  for (const piece of pieces) decoder.push(piece)
  decoder.end()
  return decoder.log
}

export interface ManualInterval {
  startInterval: StartInterval
  /** What runs, with its period. */
  running: ReadonlyMap<() => void, number>
  /** Fires the timers of one period; unless it is named, that of heartbeats. */
  tick(periodMs?: number): void
}

/** Timers that fire when the test says so, and that can be counted. */
export const createManualInterval = (): ManualInterval => {
  const running = new Map<() => void, number>()
  const startInterval: StartInterval = (callback, periodMs) => {
    running.set(callback, periodMs)
    return () => running.delete(callback)
  }
  return {
    startInterval,
    running,
    tick: (wanted = 15_000) => {
      for (const [callback, periodMs] of running) if (periodMs === wanted) callback()
    },
  }
}

/** Lets everything that can go on without a timer or a socket go on. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

export interface Observed {
  settled: boolean
  error: unknown
}

/** Notes whether a promise has settled, and with which error. */
export const observe = (promise: Promise<unknown>): Observed => {
  const seen: Observed = { settled: false, error: undefined }
  promise.then(
    () => {
      seen.settled = true
    },
    (error) => {
      seen.settled = true
      seen.error = error
    },
  )
  return seen
}

/** Whether a promise is still open when everything that can go on, sockets included, has gone on for a while. */
export const isHeld = async (promise: Promise<unknown>): Promise<boolean> => {
  const seen = observe(promise)
  for (let turn = 0; turn < 100 && !seen.settled; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 0))
  return !seen.settled
}

/** A signal that can be asked how many listen to it. */
export const createCountedSignal = (): { signal: AbortSignal; listeners: () => number } => {
  const { signal } = new AbortController()
  const listening = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening.add(args[1])
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening.delete(args[1])
    remove(...args)
  }
  return { signal, listeners: () => listening.size }
}
