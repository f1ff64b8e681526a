import {
  allowList,
  builtInTool,
  builtInToolNames,
  createToolRegistry,
  denyDangerous,
  denyList,
  type ToolPolicy,
  type ToolRegistry,
  type ToolRegistryOptions,
} from '@gateway/tool'
import type { Logger } from 'pino'
import type { ToolRule, ToolsConfig } from '../config/config.ts'
import { waitingTools } from '../config/tool-names.ts'

/** The built-in tools that the operator named, for the tenants that may use them. */
export const composeTools = (
  { enabled, policies }: ToolsConfig,
  log: Logger,
  onExecution?: ToolRegistryOptions['onExecution'],
): ToolRegistry => {
  const registry = createToolRegistry({ policy: toPolicy(policies), onExecution })
  const wanted = enabled.includes('all') ? [...builtInToolNames, ...waitingTools] : [...new Set(enabled)]
  for (const name of wanted) {
    const tool = builtInTool(name)
    if (tool !== undefined) registry.register(tool)
    else
      log.warn({ tool: name }, 'this tool needs a sandbox, which this version does not have: it is left out')
  }
  return registry
}

/** A tenant's own rule, else that of `*`, else all that is not dangerous. Only an allow-list lets what is dangerous through. */
const toPolicy = (rules: ToolsConfig['policies']): ToolPolicy => {
  const harmless = denyDangerous()
  // A map, since a tenant may be called "constructor".
  const byTenant = new Map(Object.entries(rules).map(([tenant, rule]) => [tenant, toRule(rule, harmless)]))
  const others = byTenant.get('*') ?? harmless
  return {
    name: 'by-tenant',
    allows: (tool, caller) => (byTenant.get(caller.tenant) ?? others).allows(tool, caller),
  }
}

const toRule = (rule: ToolRule, harmless: ToolPolicy): ToolPolicy => {
  if ('allow' in rule) return allowList(rule.allow)
  const listed = denyList(rule.deny)
  return {
    name: 'deny-list',
    allows: (tool, caller) => harmless.allows(tool, caller) && listed.allows(tool, caller),
  }
}
