import type { Reporter } from 'vitest/node'

/** What the summary reads of a finished test file; a subset of vitest's `TestModule`, so that it can be faked. */
export interface FinishedModule {
  readonly relativeModuleId: string
  ok(): boolean
  readonly children: { allTests(): Iterable<FinishedTest> }
}

/** What the summary reads of a finished test. */
export interface FinishedTest {
  readonly fullName: string
  result(): { readonly state: string }
}

/** The counts of one run. */
export interface Summary {
  readonly passed: number
  readonly failed: number
  /** `file > test` of each test that did not run. */
  readonly skipped: readonly string[]
}

/**
 * Counts a run so that no failure can hide: a file that does not load counts as one failed test, so does each
 * error outside a test, and a run in which nothing ran is itself a failure.
 */
export const summarise = (modules: Iterable<FinishedModule>, unhandled: number): Summary => {
  let passed = 0
  let failed = unhandled
  const skipped: string[] = []
  for (const module of modules) {
    let failedHere = 0
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      else if (state === 'failed') failedHere += 1
      else skipped.push(`${module.relativeModuleId} > ${test.fullName}`)
    }
    // Its import failed, or a hook did: there is no failed test to point at, and still it is no success.
    failed += failedHere === 0 && !module.ok() ? 1 : failedHere
  }
  return { passed, failed: passed + failed === 0 ? 1 : failed, skipped }
}

/** The line that scripts read: `N passed, N failed`, with `, N skipped` only if a test was skipped. */
export const summaryLine = ({ passed, failed, skipped }: Summary): string =>
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`

/** A vitest reporter that names each skipped test and prints the counts as the run's last line. */
export const createSummaryReporter = (): Reporter => ({
  onTestRunEnd(modules, errors) {
    const summary = summarise(modules, errors.length)
    for (const name of summary.skipped) console.log(`skipped: ${name}`)
    console.log(`\n${summaryLine(summary)}`)
    // vitest takes a run of skipped tests for a success; nothing ran, so nothing was shown.
    if (summary.failed > 0) process.exitCode = 1
  },
})
