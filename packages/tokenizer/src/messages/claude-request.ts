import type { ModelInfo } from '../models.ts'
import { isRecord, type JsonRecord } from './values.ts'

// What Claude's provider adds for the options of a request, fitted to what it reported for 119 requests. Its own
// documentation states the instructions for tools, and was found too low from 4.5 on:
// https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview

/** Around each tool, besides its JSON. */
export const claudePerTool = 8

/** The instructions that any tool brings along. */
export const claudeToolInstructions = ({ family, version }: ModelInfo): number => {
  if (family === 'claude-next') return 420
  return version !== undefined && version >= 4.5 ? 490 : 300
}

/** More instructions where the model must call a tool, must follow a schema, and may think. */
const forcedTool = 100
const schema = 150
const thinking = 29

const mustCall = (choice: unknown): boolean =>
  choice === 'required' ||
  (isRecord(choice) && ['any', 'tool', 'function', 'required'].some((type) => choice.type === type))

/** Tokens of the options of a request to Claude, the schema's own text apart. */
export const claudeOptionTokens = (request: JsonRecord, hasTools: boolean, hasSchema: boolean): number => {
  let tokens = hasSchema ? schema : 0
  if (hasTools && mustCall(request.tool_choice ?? request.toolChoice)) tokens += forcedTool
  const thinks =
    (isRecord(request.thinking) && request.thinking.type === 'enabled') ||
    (isRecord(request.reasoning) && typeof request.reasoning.budgetTokens === 'number')
  return thinks ? tokens + thinking : tokens
}
