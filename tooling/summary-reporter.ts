import type { Reporter, TestModule } from 'vitest/node'

/** Prints what was skipped, and a last line `N passed, N failed, N skipped` that scripts can read. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    const skipped: string[] = []
    for (const module of modules) {
      let ran = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        ran += 1
        if (state === 'passed') passed += 1
        else if (state === 'failed') failed += 1
        else skipped.push(`${module.relativeModuleId} > ${test.fullName}`)
      }
      // A file that does not load has no tests to count, and is still a failure.
      if (ran === 0 && !module.ok()) failed += 1
    }
    for (const name of skipped) console.log(`skipped: ${name}`)
    console.log(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  }
}
