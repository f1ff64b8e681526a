/** What a transport writes and a reader takes, one chunk after the other. */
export interface ByteQueue {
  /** False when the writer shall wait for `ready`. */
  push(bytes: Uint8Array): boolean
  ready(): Promise<void>
  end(): void
  /** Fails the reader after the bytes before it. The first end or failure counts. */
  fail(error: unknown): void
  /** Fails the reader now and throws the waiting bytes away. */
  abort(reason: unknown): void
  isEnded(): boolean
  /** Settles when nothing more can be written, or after `ms` milliseconds. */
  untilEnded(ms: number): Promise<void>
  /** The next chunk; `undefined` at the end. One reader at a time. */
  next(): Promise<Uint8Array | undefined>
}

/**
 * A queue with back-pressure: it asks the writer to wait once `highWaterMark` bytes wait for the reader, so it holds
 * no more than that and one chunk.
 */
export const createByteQueue = (highWaterMark = 65_536): ByteQueue => {
  const chunks: Uint8Array[] = []
  const bell = createBell()
  let queued = 0
  let ending: { error?: unknown; isFailure: boolean } | undefined

  const finish = (how: { error?: unknown; isFailure: boolean }) => {
    ending ??= how
    bell.ring()
  }
  const isFull = () => queued >= highWaterMark && ending === undefined

  return {
    push(bytes) {
      if (ending !== undefined) return true
      chunks.push(bytes)
      queued += bytes.byteLength
      bell.ring()
      return !isFull()
    },
    async ready() {
      while (isFull()) await bell.heard()
    },
    end: () => finish({ isFailure: false }),
    fail: (error) => finish({ error, isFailure: true }),
    abort(reason) {
      chunks.length = 0
      queued = 0
      ending = { error: reason, isFailure: true }
      bell.ring()
    },
    isEnded: () => ending !== undefined,
    async untilEnded(ms) {
      let isOver = ending !== undefined
      const timer = setTimeout(() => {
        isOver = true
        bell.ring()
      }, ms)
      while (ending === undefined && !isOver) await bell.heard()
      clearTimeout(timer)
    },
    async next() {
      while (chunks.length === 0 && ending === undefined) await bell.heard()
      const chunk = chunks.shift()
      if (chunk === undefined) {
        if (ending?.isFailure) throw ending.error
        return undefined
      }
      queued -= chunk.byteLength
      bell.ring()
      return chunk
    },
  }
}

/** Wakes whoever waits for a change; each looks again at what it waits for. */
const createBell = () => {
  const waiting = new Set<() => void>()
  return {
    ring() {
      const resolvers = [...waiting]
      waiting.clear()
      for (const resolve of resolvers) resolve()
    },
    heard: () => new Promise<void>((resolve) => waiting.add(resolve)),
  }
}
