import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { createSummaryReporter } from './summary-reporter.ts'

const conditions = ['@gateway/source']

/** Tests run on source: the condition resolves every workspace package to its `src`, so nothing is built first. */
const shared: ViteUserConfig = {
  resolve: { conditions: [...conditions, 'node', 'import', 'default'] },
  ssr: {
    resolve: { conditions: [...conditions, 'node', 'import', 'default'], externalConditions: conditions },
  },
}

/**
 * The preset of one package or app; it serves `vitest run` in its own folder as well as the run of the root.
 * `maxConcurrency` is how many tests of a file may wait at once, where they are concurrent.
 */
export const project = (name: string, { maxConcurrency = 5 } = {}): ViteUserConfig =>
  defineConfig({
    ...shared,
    test: {
      name,
      maxConcurrency,
      include: ['**/*.test.ts'],
      exclude: ['**/node_modules/**', '**/dist/**'],
      // A forgotten `.only` would let a run pass that skipped everything else.
      allowOnly: false,
      // They only end what hangs: a busy machine must not fail a test.
      testTimeout: 30_000,
      hookTimeout: 30_000,
    },
  })

/** The root preset: all projects in one run, with one summary. */
export const workspace = (projects: string[]): ViteUserConfig =>
  defineConfig({
    ...shared,
    test: { projects, allowOnly: false, reporters: ['default', createSummaryReporter()] },
  })
