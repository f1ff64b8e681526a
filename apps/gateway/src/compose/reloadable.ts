import type { ProviderManager } from '@gateway/provider'
import type { ToolRegistry } from '@gateway/tool'

/** Something that stays where it is while what it stands for is replaced. Whoever holds it needs not know. */
export interface Reloadable<T> {
  readonly facade: T
  replace(next: T): void
}

/** A provider manager behind which another can be put. A call that has begun stays with the one that it began with. */
export const reloadableProviders = (first: ProviderManager): Reloadable<ProviderManager> => {
  let current = first
  return {
    facade: {
      register: (provider) => current.register(provider),
      get: (name) => current.get(name),
      list: () => current.list(),
      models: () => current.models(),
      health: () => current.health(),
      resolve: (model) => current.resolve(model),
      complete: (request, options) => current.complete(request, options),
      stream: (request, options) => current.stream(request, options),
      forward: (request, sink, options) => current.forward(request, sink, options),
    },
    replace(next) {
      current = next
    },
  }
}

/** The same for tools: a call that runs ends as it would have. */
export const reloadableTools = (first: ToolRegistry): Reloadable<ToolRegistry> => {
  let current = first
  return {
    facade: {
      register: (tool, options) => current.register(tool, options),
      get: (name) => current.get(name),
      list: (caller) => current.list(caller),
      execute: (name, input, caller) => current.execute(name, input, caller),
      executeToolUse: (toolUse, caller) => current.executeToolUse(toolUse, caller),
      toProviderTools: (caller) => current.toProviderTools(caller),
    },
    replace(next) {
      current = next
    },
  }
}
