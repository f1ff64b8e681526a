import type { JsonObject } from '@gateway/provider'
import { type Outcome, runBounded } from './bounded.ts'
import { isToolError, messageOf } from './errors.ts'
import { describeIssues } from './input.ts'
import type { Limiter } from './limiter.ts'
import type { ToolLimits } from './limits.ts'
import { type CappedOutput, toErrorOutput, toOutput } from './output.ts'
import type { StandardSchemaResult, StandardSchemaV1 } from './standard-schema.ts'
import { quote } from './text.ts'
import type { Tool, ToolCaller, ToolOutput, ToolStatus } from './types.ts'

/** How a call ended, before it becomes a record. */
export interface CallEnd extends CappedOutput {
  status: ToolStatus
}

/** A call of a tool that exists and is allowed. */
export interface Call {
  tool: Tool
  schema: StandardSchemaV1
  /** Throws ToolError `invalid-input` on arguments that are no JSON object. */
  readInput: () => JsonObject
  caller: ToolCaller
  toolUseId: string | undefined
}

/** The end of a call that gave no output, with what the model reads instead. */
export const endWith = (status: ToolStatus, message: string): CallEnd => ({
  status,
  ...toErrorOutput(message),
})

/** The end of a call that threw: whose fault it was is told by the error's code, whatever threw it. */
export const endWithError = (error: unknown): CallEnd => {
  const status = isToolError(error) && error.code === 'invalid-input' ? 'invalid-input' : 'failed'
  return endWith(status, messageOf(error))
}

/** Validate, limits, run, cap; rejects only through a fault of the schema or of `readInput`. */
export const runCall = async (call: Call, limits: ToolLimits, limiter: Limiter): Promise<CallEnd> => {
  const { tool, schema, readInput, caller, toolUseId } = call
  const { tenant, sessionId, turnId, signal } = caller
  const bounds = { timeoutMs: tool.timeoutMs ?? limits.timeoutMs, signal }
  const input = readInput()
  const checked = await runBounded(() => schema['~standard'].validate(input), bounds)
  if (checked.kind !== 'value') return endUnsettled(checked, tool.name, bounds.timeoutMs)
  const validated: StandardSchemaResult<unknown> = checked.value
  if (validated.issues !== undefined) return endWith('invalid-input', describeIssues(validated.issues))

  const admission = await limiter.admit(tenant, signal)
  if (admission.kind === 'aborted') return endUnsettled(admission, tool.name, bounds.timeoutMs)
  if (admission.kind === 'full') {
    return endWith('unavailable', 'Too many tool calls are waiting already; try again later.')
  }
  try {
    const ran: Outcome<ToolOutput> = await runBounded(
      (ownSignal) =>
        tool.execute(validated.value, { signal: ownSignal, tenant, sessionId, turnId, toolUseId }),
      bounds,
    )
    if (ran.kind !== 'value') return endUnsettled(ran, tool.name, bounds.timeoutMs)
    return { status: 'ok', ...toOutput(ran.value, limits.maxOutputBytes) }
  } finally {
    admission.release()
  }
}

const endUnsettled = (
  outcome: Exclude<Outcome<unknown>, { kind: 'value' }>,
  name: string,
  timeoutMs: number,
): CallEnd => {
  switch (outcome.kind) {
    case 'error':
      return endWithError(outcome.error)
    case 'timeout':
      return endWith(
        'timeout',
        `The tool ${quote(name)} did not answer within ${timeoutMs} ms and was stopped.`,
      )
    case 'aborted':
      return endWith('aborted', `The call of the tool ${quote(name)} was cancelled.`)
  }
}
