/**
 * What went wrong:
 * - `unknown-token`: `decode` was given an id that the encoding does not have.
 * - `invalid-table`: a rank table is damaged or is not one.
 * - `invalid-input`: a value of the wrong kind, for instance a request without messages.
 */
export type TokenizerErrorCode = 'unknown-token' | 'invalid-table' | 'invalid-input'

/** Facts about a failure. */
export interface TokenizerErrorOptions {
  code: TokenizerErrorCode
  cause?: unknown
}

const mark: unique symbol = Symbol.for('@gateway/tokenizer.error')

/** The one error class of this package. No text is ever an error: counting takes whatever a user may type. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError'
  readonly code: TokenizerErrorCode

  constructor(message: string, options: TokenizerErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    Object.defineProperty(this, mark, { value: true })
  }
}

/** True for a TokenizerError of any copy of this package. */
export const isTokenizerError = (value: unknown): value is TokenizerError =>
  typeof value === 'object' && value !== null && mark in value

/** A value as an error message shows it: one line, at most 60 characters. */
export const quote = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
