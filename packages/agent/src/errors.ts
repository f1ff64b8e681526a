/**
 * `shutting-down`: the agent drains and starts no turns;
 * `limit`: a limit of the turn was reached; `session-gone`: the session was deleted while its turn ran;
 * `fenced`: another process took the session over, or its log could not be written.
 */
export type AgentErrorCode = 'shutting-down' | 'limit' | 'session-gone' | 'fenced'

const mark: unique symbol = Symbol.for('@gateway/agent.error')

/** The one error class of this package. How a turn ended is a value, not an error. */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code: AgentErrorCode

  constructor(code: AgentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, mark, { value: true })
  }
}

/** True for an AgentError of any copy of this package. */
export const isAgentError = (value: unknown): value is AgentError =>
  typeof value === 'object' && value !== null && mark in value
