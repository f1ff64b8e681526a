import type { ModelFamily } from '../models.ts'

/** Tokens that a provider adds around what a request says. */
export interface Overheads {
  /** Once for the messages of a request: what primes the answer. */
  request: number
  /** For each message, its role included where `countsRole` is false. */
  message: number
  /** Whether the role is counted as text besides. */
  countsRole: boolean
  /** Whether a system prompt beside the messages costs what a message costs, or just its text. */
  systemIsMessage: boolean
  /** For the name of a message, besides the name itself. */
  name: number
  /** For a call of a tool, besides its name and its arguments; for a result, besides its content. */
  toolCall: number
  toolResult: number
}

/**
 * OpenAI's documented overheads
 * (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken); those of tool calls are not documented,
 * and 3 is what the text around a call would be. Chat formats of other makers are alike, so they share the row.
 */
const chat: Overheads = {
  request: 3,
  message: 3,
  countsRole: true,
  systemIsMessage: true,
  name: 1,
  toolCall: 3,
  toolResult: 0,
}

/** Fitted to what the provider reported for 119 requests; names are not shown to the model. */
const claude: Overheads = {
  request: 5,
  message: 2,
  countsRole: false,
  systemIsMessage: false,
  name: 0,
  toolCall: 36,
  toolResult: 12,
}

/** The overheads of a family. */
export const overheadsOf = (family: ModelFamily): Overheads => (isClaude(family) ? claude : chat)

/** Whether the family is one of Claude's. */
export const isClaude = (family: ModelFamily): boolean => family === 'claude' || family === 'claude-next'
