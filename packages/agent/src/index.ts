export { createAgent } from './agent.ts'
export { AgentError, type AgentErrorCode, isAgentError } from './errors.ts'
export { defaultTurnLimits, type TurnLimits } from './limits.ts'
export type { TurnError } from './turn-error.ts'
export type {
  Agent,
  AgentOptions,
  ContextBudget,
  StartTurnOptions,
  StartTurnResult,
  TurnReport,
} from './types.ts'
