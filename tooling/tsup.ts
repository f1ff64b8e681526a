import { defineConfig, type Options } from 'tsup'

const shared: Options = {
  format: 'esm',
  target: 'es2024',
  outDir: 'dist',
  clean: true,
  treeshake: true,
  sourcemap: false,
  // tsup would rewrite `node:sqlite` to `sqlite`, which does not exist.
  removeNodeProtocol: false,
}

/** A publishable package: one output file per entry, with types. */
export const library = (entry: Record<string, string>) =>
  defineConfig({ ...shared, entry, platform: 'neutral', dts: { compilerOptions: { customConditions: [] } } })

/** The server: one bundle of our own code; third-party packages stay external. */
export const application = (entry: Record<string, string>) =>
  defineConfig({ ...shared, entry, platform: 'node', sourcemap: true })
