/** What one turn may use. Tokens and money are unlimited unless set. */
export interface TurnLimits {
  /** Calls of the model. Default 10. */
  maxSteps: number
  /** Calls of tools, over all steps. Default 32. */
  maxToolCalls: number
  /** Tools of one step that run at the same time. Default 8. */
  maxParallelTools: number
  /** Milliseconds from accept to end. Default 10 minutes. */
  totalMs: number
  /** Input and output tokens, over all steps; checked after each step. */
  maxTokens?: number | undefined
  /** US dollars, over all steps; checked after each step, and only where prices are known. */
  maxCostUsd?: number | undefined
}

/** The limits of a turn that sets none. */
export const defaultTurnLimits: TurnLimits = {
  maxSteps: 10,
  maxToolCalls: 32,
  maxParallelTools: 8,
  totalMs: 600_000,
}
