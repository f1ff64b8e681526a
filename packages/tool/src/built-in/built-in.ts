import type { Tool } from '../types.ts'
import { calculatorTool } from './calculator.ts'
import { echoTool } from './echo.ts'
import { timestampTool } from './timestamp.ts'

/** What built-in tools need from outside. */
export interface BuiltInToolOptions {
  /** Milliseconds since the epoch. @defaultValue `Date.now` */
  now?: (() => number) | undefined
}

/** A tool that comes with this package. */
export type BuiltInToolName = 'echo' | 'calculator' | 'timestamp'

const factories: Record<BuiltInToolName, (now: () => number) => Tool> = {
  echo: echoTool,
  calculator: calculatorTool,
  timestamp: timestampTool,
}

const isBuiltIn = (name: string): name is BuiltInToolName => Object.hasOwn(factories, name)

/** Names of the tools that come with this package, none of which is dangerous. */
export const builtInToolNames: readonly BuiltInToolName[] = Object.freeze(
  Object.keys(factories).filter(isBuiltIn),
)

/** Makes a tool that comes with this package. `undefined` for any other name, such as one from a configuration. */
export function builtInTool(name: BuiltInToolName, options?: BuiltInToolOptions): Tool
export function builtInTool(name: string, options?: BuiltInToolOptions): Tool | undefined
export function builtInTool(name: string, { now = Date.now }: BuiltInToolOptions = {}): Tool | undefined {
  return isBuiltIn(name) ? factories[name](now) : undefined
}
