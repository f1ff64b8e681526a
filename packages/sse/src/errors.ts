/**
 * What went wrong.
 *
 * - `invalid-field`: a field cannot be written as given, or a `Last-Event-ID` cannot be read.
 * - `invalid-option`: an option is out of its range.
 * - `line-too-long`, `event-too-large`: an incoming stream crossed a limit; nothing after it is read.
 * - `closed`: the stream is over, by `close()`, by `end()` or because its client left.
 * - `overflow`: more bytes wait for the client than `maxQueuedBytes`; the stream has ended.
 * - `stalled`: the client took nothing for `stallMs` although something waited for it; the stream has ended.
 */
export type SseErrorCode =
  | 'invalid-field'
  | 'invalid-option'
  | 'line-too-long'
  | 'event-too-large'
  | 'closed'
  | 'overflow'
  | 'stalled'

const mark: unique symbol = Symbol.for('@gateway/sse.error')

/** The one error class of this package. Aborts are not errors: the signal's reason is rethrown as it is. */
export class SseError extends Error {
  override readonly name = 'SseError'
  readonly code: SseErrorCode

  constructor(code: SseErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, mark, { value: true })
  }
}

/** True for an SseError of any copy of this package. */
export const isSseError = (value: unknown): value is SseError =>
  typeof value === 'object' && value !== null && mark in value

const QUOTED = 40

/** A value as it appears in a message: escaped, and cut so that a message stays readable. */
export const quote = (value: unknown): string => {
  const text = typeof value === 'string' ? value : String(value)
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text)
}
