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

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  if (Array.isArray(value)) return `a list of ${value.length}`
  // Not String(value): a client's body may say `{"toString": 1}`, and a list may be a million deep.
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.keys(value).slice(0, 8).join(', ').slice(0, 60)} }`
  return String(value)
}

/** A value as an error message shows it: one line, at most 60 characters; of an object the names of its fields. */
export const quote = (value: unknown): string => {
  const text = shown(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
