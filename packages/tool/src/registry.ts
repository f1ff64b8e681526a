import type { JsonObject } from '@gateway/provider'
import { type Call, type CallEnd, endWith, endWithError, runCall } from './call.ts'
import { assertTool } from './define-tool.ts'
import { ToolError } from './errors.ts'
import { parseInputText, toInput } from './input.ts'
import { fromJsonSchema } from './json-schema.ts'
import { createLimiter } from './limiter.ts'
import { resolveLimits, type ToolLimitOptions } from './limits.ts'
import { denyDangerous } from './policies.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'
import { quote } from './text.ts'
import type { Tool, ToolCaller, ToolExecution, ToolPolicy, ToolRegistry } from './types.ts'

/** Options of `createToolRegistry`. */
export interface ToolRegistryOptions {
  /** Who may use what. @defaultValue `denyDangerous()` */
  policy?: ToolPolicy | undefined
  /** @defaultValue `defaultToolLimits` */
  limits?: ToolLimitOptions | undefined
  /** Told of every call once it has ended, for metrics and audit. It must not throw; see `reportError`. */
  onExecution?: ((record: ToolExecution, caller: ToolCaller) => void) | undefined
  /** Takes what `onExecution` throws. @defaultValue throws it as an uncaught error, outside of the call */
  reportError?: ((error: unknown) => void) | undefined
  /** Milliseconds since the epoch. @defaultValue `Date.now` */
  now?: (() => number) | undefined
  /** Milliseconds of a clock that never goes back, for durations. @defaultValue `performance.now` */
  monotonicNow?: (() => number) | undefined
}

interface Entry {
  tool: Tool
  schema: StandardSchemaV1
  unavailable: string | undefined
}

/**
 * Creates a registry: it holds tools, decides who may use them, and runs them within limits.
 *
 * A call that ends, be it by timeout or abort, gives its place back, also when the tool's code ignores its signal and
 * goes on; such a tool then works outside of the limits.
 *
 * @throws ToolError `limit` on limits that make no sense.
 * @example
 * ```ts
 * const tools = createToolRegistry({ policy: allowList(['weather']) })
 * tools.register(weather)
 * const record = await tools.execute('weather', { city: 'Oslo' }, { tenant: 'acme' })
 * ```
 */
export const createToolRegistry = (options: ToolRegistryOptions = {}): ToolRegistry => {
  const { policy = denyDangerous(), onExecution, reportError = throwOutside } = options
  const { now = Date.now, monotonicNow = () => performance.now() } = options
  const limits = resolveLimits(options.limits)
  const limiter = createLimiter(limits)
  const entries = new Map<string, Entry>()

  const isAllowed = (tool: Tool, caller: ToolCaller): boolean =>
    (caller.allowed === undefined || caller.allowed.includes(tool.name)) && policy.allows(tool, caller)

  const allowedEntries = (caller: ToolCaller): Entry[] =>
    [...entries.values()].filter(({ tool }) => isAllowed(tool, caller))

  const offeredTools = (caller: ToolCaller): Tool[] =>
    allowedEntries(caller)
      .filter(({ unavailable }) => unavailable === undefined)
      .map(({ tool }) => tool)

  const runByName = async (name: string, call: Omit<Call, 'tool' | 'schema'>): Promise<CallEnd> => {
    const { caller } = call
    const entry = entries.get(name)
    if (entry === undefined) {
      const names = offeredTools(caller).map((tool) => tool.name)
      return endWith('unknown-tool', `There is no tool ${quote(name)}. Tools: ${names.join(', ') || 'none'}.`)
    }
    if (!isAllowed(entry.tool, caller))
      return endWith('denied', `The tool ${quote(name)} is not allowed here.`)
    if (entry.unavailable !== undefined) return endWith('unavailable', entry.unavailable)
    return runCall({ ...call, ...entry }, limits, limiter)
  }

  const record = async (
    name: string,
    readInput: () => JsonObject,
    caller: ToolCaller,
    toolUseId?: string,
  ): Promise<ToolExecution> => {
    const startedAt = now()
    const start = monotonicNow()
    const end = await runByName(name, { readInput, caller, toolUseId }).catch(endWithError)
    const execution: ToolExecution = {
      tool: name,
      toolUseId,
      ...end,
      isError: end.status !== 'ok',
      durationMs: monotonicNow() - start,
      retries: 0,
      startedAt,
    }
    try {
      onExecution?.(execution, caller)
    } catch (error) {
      reportError(error)
    }
    return execution
  }

  return {
    register: (tool, { unavailable } = {}) => {
      assertTool(tool)
      if (entries.has(tool.name)) {
        const message = `There is a tool ${quote(tool.name)} already; names must be unique.`
        throw new ToolError(message, { code: 'invalid-tool', tool: tool.name })
      }
      entries.set(tool.name, { tool, schema: tool.schema ?? fromJsonSchema(tool.inputSchema), unavailable })
    },
    get: (name) => entries.get(name)?.tool,
    list: (caller) =>
      allowedEntries(caller).map(({ tool, unavailable }) => ({
        name: tool.name,
        description: tool.description,
        inputSchema: tool.inputSchema,
        available: unavailable === undefined,
        reason: unavailable,
      })),
    execute: (name, input, caller) => record(name, () => toInput(input, limits), caller),
    executeToolUse: ({ id, name, input, inputText }, caller) => {
      const readInput = () =>
        inputText === undefined ? toInput(input, limits) : parseInputText(inputText, limits)
      return record(name, readInput, caller, id)
    },
    toProviderTools: (caller) =>
      offeredTools(caller).map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  }
}

const throwOutside = (error: unknown): void => {
  queueMicrotask(() => {
    throw error
  })
}
