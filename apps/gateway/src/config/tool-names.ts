import { builtInToolNames } from '@gateway/tool'

/** Tools that need the sandbox. Naming them is no mistake, but has no effect yet. */
export const waitingTools: readonly string[] = ['read_file', 'write_file', 'bash']

/** What is wrong with the name of a tool; `undefined` for a good one. */
export const unknownTool = (name: string): string | undefined => {
  const names: readonly string[] = [...builtInToolNames, ...waitingTools]
  if (names.includes(name)) return undefined
  return `there is no built-in tool ${JSON.stringify(name.slice(0, 80))}; there are ${names.join(', ')}`
}
