/**
 * What went wrong:
 * `invalid-tool`: a definition that cannot be registered; `invalid-input`: arguments that do not fit;
 * `failed`: the tool ran and could not do it; `limit`: a limit that makes no sense.
 */
export type ToolErrorCode = 'invalid-tool' | 'invalid-input' | 'failed' | 'limit'

const mark: unique symbol = Symbol.for('@gateway/tool.error')

/** Facts about an error. */
export interface ToolErrorOptions {
  code: ToolErrorCode
  /** Name of the tool, where one is concerned. */
  tool?: string | undefined
  cause?: unknown
}

/**
 * The one error class of this package.
 * Thrown while tools are defined and registered; a tool's own code may throw it too: `invalid-input` ends the call
 * with that status, every other code with `failed`. A call through a registry never rejects.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly code: ToolErrorCode
  readonly tool: string | undefined

  constructor(message: string, options: ToolErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.tool = options.tool
    Object.defineProperty(this, mark, { value: true })
  }
}

/** True for a ToolError of any copy of this package. */
export const isToolError = (value: unknown): value is ToolError =>
  typeof value === 'object' && value !== null && mark in value

/** The message of whatever was thrown; something readable in any case. */
export const messageOf = (error: unknown): string => {
  const nothing = '(no readable message)'
  try {
    if (typeof error === 'string') return error || nothing
    if (typeof error === 'object' && error !== null && 'message' in error)
      return String(error.message) || nothing
    return JSON.stringify(error) ?? nothing
  } catch {
    // A getter that throws, a cycle, a BigInt: there is nothing readable in it.
    return nothing
  }
}
