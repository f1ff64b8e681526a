import { defineConfig, type Options } from 'tsup'

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

/** The server: its own modules in one file; what it depends on stays in node_modules. */
export const application = (entry: Record<string, string>): ReturnType<typeof defineConfig> =>
  defineConfig({ ...shared, entry, platform: 'node', sourcemap: true })
