/**
 * `conflict`: the log is not where the writer believed; `fenced`: the writer's lease is gone;
 * `limit`: a cap of the session is reached; `corrupt`: stored data that cannot be read, or a newer format;
 * `unavailable`: the store cannot be reached, is full or belongs to another process; `invalid`: an argument is wrong.
 */
export type SessionErrorCode = 'conflict' | 'fenced' | 'limit' | 'corrupt' | 'unavailable' | 'invalid'

const mark: unique symbol = Symbol.for('@gateway/session.error')

/** The one error class of this package. A missing session is `undefined`, not an error. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: SessionErrorCode

  constructor(code: SessionErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, mark, { value: true })
  }
}

/** True for a SessionError of any copy of this package. */
export const isSessionError = (value: unknown): value is SessionError =>
  typeof value === 'object' && value !== null && mark in value
