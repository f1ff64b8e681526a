/** What stands before an answer's body. */
export interface AnswerHead {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
}

/** What a transport writes and a reader takes: a head, then one chunk after the other. */
export interface AnswerQueue {
  /** The first head counts. */
  head(status: number, headers: AnswerHead['headers']): void
  /** False when the writer shall wait for `ready`. */
  push(bytes: Uint8Array): boolean
  ready(): Promise<void>
  end(): void
  /** Fails the reader after the bytes before it. The first end or failure counts. */
  fail(error: unknown): void
  /** Fails the reader now and throws the waiting bytes away. */
  abort(reason: unknown): void
  isEnded(): boolean
  /** The head, once it is there; `undefined` where the end comes without one. Taken once. */
  takeHead(): Promise<AnswerHead | undefined>
  /** Settles when nothing more can be written, or after `ms` milliseconds. */
  untilEnded(ms: number): Promise<void>
  /** The next chunk; `undefined` at the end. One reader at a time. */
  next(): Promise<Uint8Array | undefined>
}

/**
 * A queue with back-pressure: it asks the writer to wait once `highWaterMark` bytes wait for the reader, so it holds
 * no more than that and one chunk.
 */
export const createAnswerQueue = (highWaterMark = 65_536): AnswerQueue => {
  const chunks: Uint8Array[] = []
  const bell = createBell()
  let waitingHead: AnswerHead | undefined
  let queued = 0
  let ending: { error?: unknown; isFailure: boolean } | undefined

  const finish = (how: { error?: unknown; isFailure: boolean }) => {
    ending ??= how
    bell.ring()
  }
  const isFull = () => queued >= highWaterMark && ending === undefined

  return {
    head(status, headers) {
      waitingHead ??= { status, headers }
      bell.ring()
    },
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
    async takeHead() {
      while (waitingHead === undefined && ending === undefined) await bell.heard()
      if (waitingHead === undefined && ending?.isFailure) throw ending.error
      const head = waitingHead
      // Nobody needs its headers while the body streams.
      waitingHead = undefined
      return head
    },
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
  let rung: PromiseWithResolvers<void> | undefined
  return {
    ring() {
      rung?.resolve()
      rung = undefined
    },
    heard() {
      rung ??= Promise.withResolvers()
      return rung.promise
    },
  }
}
