import { defineConfig, type Options } from 'tsup'
import { builtInModules } from './application/built-in-modules.ts'
import { notices } from './application/notices.ts'

const shared: Options = {
  format: 'esm',
  target: 'es2024',
  outDir: 'dist',
  clean: true,
  treeshake: true,
  // tsup would rewrite `node:sqlite` to `sqlite`, which does not exist.
  removeNodeProtocol: false,
}

/**
 * A publishable package: one output file per entry, with types. Everything it depends on stays an import, in the
 * code as in the types: without the source condition the compiler sees other packages as their users will, built,
 * so that a `.d.ts` names `@gateway/x` and never holds a copy of it (which is why `build` depends on `^build`).
 */
export const library = (entry: Record<string, string>): ReturnType<typeof defineConfig> =>
  defineConfig({
    ...shared,
    entry,
    // Neutral knows no built-ins; Node's are allowed at named sub-paths only, which a test watches over.
    platform: 'neutral',
    external: [/^node:/],
    dts: { compilerOptions: { customConditions: [] } },
  })

/**
 * A server with everything that it needs but Node: a few files instead of the hundreds that an import would look for,
 * one by one, at every start. What is imported dynamically stays in files of its own. Not minified, so that a stack can be
 * read. (docs/decisions/0012)
 */
export const application = (entry: Record<string, string>): ReturnType<typeof defineConfig> =>
  defineConfig({
    ...shared,
    entry,
    platform: 'node',
    sourcemap: true,
    // The bundler's own is enough, and a second one would have to read all of it.
    treeshake: false,
    // undici is the choice of whoever uses the provider package alone; inside, it would be a file that nothing loads.
    noExternal: [/^(?!undici($|\/))/],
    esbuildPlugins: [builtInModules, notices],
  })
