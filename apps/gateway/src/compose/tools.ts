import { builtInTool, builtInToolNames, createToolRegistry, type ToolRegistry } from '@gateway/tool'
import type { Logger } from 'pino'
import { ConfigError } from '../config.ts'

// They need the sandbox, which this version does not have; naming them is no mistake, but has no effect yet.
const waiting = ['read_file', 'write_file', 'bash']

/** The built-in tools that the operator named. @throws ConfigError for a name that is none. */
export const composeTools = (names: readonly string[], log: Logger): ToolRegistry => {
  const registry = createToolRegistry()
  const wanted = names.includes('all') ? [...builtInToolNames, ...waiting] : [...new Set(names)]
  for (const name of wanted) {
    if (waiting.includes(name)) {
      log.warn({ tool: name }, 'this tool needs a sandbox, which this version does not have: it is left out')
      continue
    }
    const tool = builtInTool(name)
    if (tool === undefined) {
      const known = [...builtInToolNames, ...waiting, 'all'].join(', ')
      throw new ConfigError(
        `The configuration cannot be used:\n  GATEWAY_TOOLS: there is no built-in tool "${name}"; there are ${known}.`,
      )
    }
    registry.register(tool)
  }
  return registry
}
