import type { ContentBlock, ToolResultBlock, ToolUseBlock } from '@gateway/provider'
import type { ToolCaller, ToolExecution, ToolRegistry } from '@gateway/tool'
import type { TurnLog } from './turn-log.ts'

/** The tools of one step. */
export interface ToolStepOptions {
  tools: ToolRegistry
  log: TurnLog
  /** The assistant's message that asked for them. */
  messageId: string
  toolUses: readonly ToolUseBlock[]
  caller: ToolCaller & { signal: AbortSignal }
  maxParallel: number
  /** Calls that may still run in this turn; the rest get an error as their result. */
  budget: number
}

/** Runs them, at most `maxParallel` at a time; one result per tool use, in the order of the uses. */
export const runToolStep = async (options: ToolStepOptions): Promise<ToolResultBlock[]> => {
  const { toolUses, budget, caller } = options
  const results: ToolResultBlock[] = []
  let next = 0
  const work = async () => {
    while (next < toolUses.length) {
      const position = next++
      const toolUse = toolUses[position]
      if (toolUse === undefined) return
      if (position >= budget)
        results[position] = notRun(toolUse.id, 'The limit of tool calls of this turn is reached.')
      else if (caller.signal.aborted)
        results[position] = notRun(toolUse.id, 'The turn was stopped before this call.')
      else results[position] = await runOne(options, toolUse)
    }
  }
  const workers = Array.from({ length: Math.min(options.maxParallel, toolUses.length) }, work)
  // Not Promise.all: when the log fails for one call, the others are still waited for.
  for (const outcome of await Promise.allSettled(workers))
    if (outcome.status === 'rejected') throw outcome.reason
  return results
}

// The start is in the log before the tool runs: after a crash nobody can mistake a started call for one that is not.
const runOne = async (options: ToolStepOptions, toolUse: ToolUseBlock): Promise<ToolResultBlock> => {
  const { log, tools, caller, messageId } = options
  const { id: toolUseId, name, input } = toolUse
  await log.append([{ type: 'tool.started', data: { toolUseId, name, input, messageId } }])
  const execution = await tools.executeToolUse(toolUse, { ...caller })
  await log.append([{ type: 'tool.finished', data: finished(toolUse, execution) }])
  return toResult(toolUseId, execution.content, execution.isError)
}

const finished = ({ id: toolUseId, name }: ToolUseBlock, execution: ToolExecution) => ({
  toolUseId,
  name,
  status: execution.status,
  isError: execution.isError,
  durationMs: Math.round(execution.durationMs * 1000) / 1000,
  bytes: execution.bytes,
})

/** The result of a call that did not run, so that history stays legal. */
export const notRun = (toolUseId: string, why: string): ToolResultBlock => toResult(toolUseId, why, true)

const toResult = (
  toolUseId: string,
  content: string | ContentBlock[],
  isError: boolean,
): ToolResultBlock => ({
  type: 'tool-result',
  toolUseId,
  content,
  ...(isError ? { isError } : {}),
})
