import { ToolError } from '../errors.ts'
import { quote } from '../text.ts'
import type { Tool } from '../types.ts'
import { calculatorTool } from './calculator.ts'
import { echoTool } from './echo.ts'
import { timestampTool } from './timestamp.ts'

/** What built-in tools need from outside. */
export interface BuiltInToolOptions {
  /** Milliseconds since the epoch. @defaultValue `Date.now` */
  now?: (() => number) | undefined
}

const factories = new Map<string, (options: { now: () => number }) => Tool>([
  ['echo', () => echoTool()],
  ['calculator', () => calculatorTool()],
  ['timestamp', ({ now }) => timestampTool(now)],
])

/** Names of the tools that come with this package, none of which is dangerous. */
export const builtInToolNames: readonly string[] = Object.freeze([...factories.keys()])

/**
 * Makes a tool that comes with this package: `echo`, `calculator` or `timestamp`.
 * @throws ToolError `unknown-tool` on any other name, naming those that there are.
 */
export const builtInTool = (name: string, { now = Date.now }: BuiltInToolOptions = {}): Tool => {
  const factory = factories.get(name)
  if (factory !== undefined) return factory({ now })
  const message = `There is no built-in tool ${quote(name)}; there are ${builtInToolNames.join(', ')}.`
  throw new ToolError(message, { code: 'unknown-tool', tool: name })
}
