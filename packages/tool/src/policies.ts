import type { ToolPolicy } from './types.ts'

/** Names of tools, for every tenant or by tenant. */
export type ToolNames = readonly string[] | Readonly<Record<string, readonly string[]>>

/** Allows every tool to every tenant, dangerous ones too. Never a default: it must be asked for. */
export const allowAll = (): ToolPolicy => ({ name: 'allow-all', allows: () => true })

/** Allows what is not marked as dangerous. The policy of a registry that is given none. */
export const denyDangerous = (): ToolPolicy => ({
  name: 'deny-dangerous',
  allows: (tool) => !tool.dangerous,
})

/** An allow-list that can be changed while it is in use. */
export interface AllowListPolicy extends ToolPolicy {
  /** Allows a tool to one tenant, or to all where none is named. */
  add(toolName: string, tenant?: string): void
  /** Takes a tool from one tenant, or from all where none is named. What all may use cannot be taken from one. */
  remove(toolName: string, tenant?: string): void
}

/**
 * Allows exactly the named tools, dangerous ones too.
 * With names by tenant, a tenant that is not named may use nothing.
 */
export const allowList = (names: ToolNames): AllowListPolicy => {
  const list = createNameList(names)
  return {
    name: 'allow-list',
    allows: (tool, { tenant }) => list.has(tool.name, tenant),
    add: list.add,
    remove: list.remove,
  }
}

/** Allows everything, dangerous tools too, but the named ones; with names by tenant, each tenant has its own list. */
export const denyList = (names: ToolNames): ToolPolicy => {
  const list = createNameList(names)
  return { name: 'deny-list', allows: (tool, { tenant }) => !list.has(tool.name, tenant) }
}

const createNameList = (names: ToolNames) => {
  const everyone = new Set<string>(isList(names) ? names : [])
  // A map, since a tenant may be called "constructor".
  const byTenant = new Map(
    isList(names) ? [] : Object.entries(names).map(([tenant, own]) => [tenant, new Set(own)]),
  )
  return {
    has: (toolName: string, tenant: string): boolean =>
      everyone.has(toolName) || byTenant.get(tenant)?.has(toolName) === true,
    add: (toolName: string, tenant?: string): void => {
      if (tenant === undefined) everyone.add(toolName)
      else byTenant.set(tenant, (byTenant.get(tenant) ?? new Set()).add(toolName))
    },
    remove: (toolName: string, tenant?: string): void => {
      if (tenant !== undefined) byTenant.get(tenant)?.delete(toolName)
      else for (const own of [everyone, ...byTenant.values()]) own.delete(toolName)
    },
  }
}

const isList = (names: ToolNames): names is readonly string[] => Array.isArray(names)
