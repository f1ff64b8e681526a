import type { CompletionRequest } from '../../types/completion.ts'
import { type ToolIdRule, toToolId } from '../tool-id.ts'

/** Anthropic takes twice as many, and names of MCP tools are long. */
const nameRule: ToolIdRule = { maxLength: 64 }

/** The name of a tool as this wire takes it: a long one is cut off, and told apart by a hash. */
export const toWireName = (name: string): string =>
  name.length <= nameRule.maxLength ? name : toToolId(name, nameRule)

/** The tools of a request by the names that stand for theirs; `undefined` where all go by their own. */
export const namesOf = ({ tools = [] }: CompletionRequest): ReadonlyMap<string, string> | undefined => {
  const renamed = tools.filter(({ name }) => toWireName(name) !== name)
  return renamed.length === 0 ? undefined : new Map(renamed.map(({ name }) => [toWireName(name), name]))
}
