import { builtinModules } from 'node:module'
import type { Options } from 'tsup'

/** A plugin of the bundler that tsup runs. */
export type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * Takes Node's own modules from `process.getBuiltinModule` where an application imports or requires them. An `import`
 * of one reads every property that it has, and some of them load half of Node: `node:http` alone brings in the whole
 * of `fetch` and HTTP/2, a good part of the time and the memory of a start.
 */
export const builtInModules: Plugin = {
  name: 'built-in-modules',
  setup({ onResolve, onLoad }) {
    const namespace = 'built-in'
    const toName = (path: string): string => (path.startsWith('node:') ? path : `node:${path}`)
    onResolve({ filter: /^[a-z]/ }, ({ path }) =>
      path.startsWith('node:') || builtinModules.includes(path)
        ? { path: toName(path), namespace, sideEffects: false }
        : undefined,
    )
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}
