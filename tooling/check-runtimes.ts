/**
 * Runs the portable tests of every package that has some, on the package as it is built, on Node 22 and 24, Bun, Deno
 * and workerd. The runtimes come from the registry into a scratch folder. Run by `pnpm run check:runtimes` after a
 * build. The last line is `N passed, N failed`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleTests } from './runtimes/bundle.ts'
import { installRuntimes, type Runtime } from './runtimes/runtimes.ts'
import { type Package, readPackages } from './tarballs/packages.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const counts = { passed: 0, failed: 0 }

const report = (what: string, passed: number, failures: readonly string[]): void => {
  counts.passed += passed
  counts.failed += failures.length
  console.log(`  ${what.padEnd(20)} ${passed} passed, ${failures.length} failed`)
  for (const failure of failures) console.log(failure.replace(/^/gm, '    '))
}

const check = async (runtimes: readonly Runtime[], { dir, manifest }: Package): Promise<void> => {
  console.log(manifest.name)
  for (const file of ['portable.ts', 'node.ts'] as const) {
    const bundle = await bundleTests(repository, dir, file)
    if (bundle === undefined) continue
    for (const runtime of runtimes) {
      if (file === 'node.ts' && !runtime.hasNode) continue
      const { passed, failures } = await runtime.run(bundle.code)
      // A run of nothing shows nothing.
      const none = passed + failures.length === 0 ? ['no test ran'] : []
      report(`${runtime.name} ${file}`, passed, [...failures, ...none])
    }
  }
}

const main = async (dir: string): Promise<void> => {
  const packages = readPackages(repository).filter(({ dir }) => existsSync(join(dir, 'runtime-tests')))
  if (packages.length === 0) throw new Error('No package has portable tests.')
  const runtimes = await installRuntimes(dir)
  for (const each of packages) {
    try {
      await check(runtimes, each)
    } catch (error) {
      report('broke off', 0, [String(error)])
    }
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'runtimes-'))
try {
  await main(scratch)
} catch (error) {
  counts.failed += 1
  console.log(error)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
