/**
 * Uses every package as a stranger does: packs it, installs the tarball and those it needs into an empty project,
 * type-checks and loads every entry, and runs the README's example, all on the oldest Node that the packages promise.
 * Run by `pnpm run check:tarballs` after a build. The last line is `N passed, N failed`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tarballFaults } from './tarballs/contents.ts'
import { entryPoints, type Package, parseManifest, readPackages, withNeeded } from './tarballs/packages.ts'
import { type Outcome, run } from './tarballs/run.ts'
import { createStranger, type StrangerTools } from './tarballs/stranger.ts'

/** The oldest Node of `engines`, and the types of its line. */
const nodeFloor = '22.13.0'
const nodeTypes = '22.20.5'

const repository = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'tarballs-'))

const counts = { passed: 0, failed: 0 }

/** Prints one line per check, and everything that a failed one wrote. */
const report = (what: string, { ok, output }: Outcome): boolean => {
  counts[ok ? 'passed' : 'failed'] += 1
  console.log(`  ${ok ? 'ok    ' : 'FAILED'} ${what}`)
  if (!ok) console.log(output.replace(/^/gm, '         '))
  return ok
}

const demand = (what: string, { ok, output }: Outcome): string => {
  if (!ok) throw new Error(`${what} failed.\n${output}`)
  return output
}

/** The registry has Node for Linux as a package; elsewhere the machine's own stands in and the report says so. */
const installTools = async (): Promise<StrangerTools> => {
  const dir = join(scratch, 'tools')
  mkdirSync(dir)
  const node = `node-linux-${process.arch}`
  const hasNode = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
  const devDependencies = { '@types/node': nodeTypes, ...(hasNode ? { [node]: nodeFloor } : {}) }
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'tools', private: true, devDependencies }))
  demand(
    'Installing the tools',
    await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], dir),
  )
  return {
    npm: 'npm',
    node: hasNode ? join(dir, 'node_modules', node, 'bin/node') : process.execPath,
    tsc: join(repository, 'node_modules/.bin/tsc'),
    typeRoot: join(dir, 'node_modules/@types'),
  }
}

/** Packs into the scratch folder and returns the tarball's path. */
const packInto = async (dir: string, { manifest, dir: cwd }: Package): Promise<string> => {
  demand(`Packing ${manifest.name}`, await run('pnpm', ['pack', '--pack-destination', dir], cwd))
  return join(dir, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`)
}

const checkContents = async (tarball: string): Promise<Outcome> => {
  const listing = demand('Listing a tarball', await run('tar', ['-tzf', tarball], scratch))
  const paths = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
  const packed = demand(
    'Reading a tarball',
    await run('tar', ['-xzOf', tarball, 'package/package.json'], scratch),
  )
  const faults = tarballFaults(paths, parseManifest(packed))
  return { ok: faults.length === 0, output: faults.join('\n') }
}

const main = async (): Promise<void> => {
  const packages = readPackages(repository)
  if (packages.length === 0) throw new Error(`There are no packages in ${repository}packages.`)
  const tools = await installTools()
  const version = demand('Asking Node for its version', await run(tools.node, ['--version'], scratch)).trim()
  console.log(`${packages.length} packages on Node ${version}`)

  const tarballs = new Map<string, string>()
  for (const each of packages) tarballs.set(each.manifest.name, await packInto(scratch, each))

  for (const each of packages) {
    const { name, version: packed } = each.manifest
    const entries = entryPoints(each.manifest)
    console.log(`${name}@${packed}`)
    report('the tarball holds dist and the documents only', await checkContents(tarballs.get(name) ?? ''))
    const needed = withNeeded(each, packages).map(({ manifest }) => manifest.name)
    const stranger = createStranger(join(scratch, name.replace('/', '-')), tools)
    const wanted = Object.fromEntries(needed.map((other) => [other, tarballs.get(other) ?? '']))
    if (!report(`installs with ${needed.length - 1} others`, await stranger.install(wanted))) continue
    for (const resolution of ['nodenext', 'bundler'] as const) {
      report(
        `type-checks as ${resolution}: ${entries.join(', ')}`,
        await stranger.typeCheck(entries, resolution),
      )
    }
    report('every entry loads', await stranger.load(entries))
    report("the README's example runs", await stranger.runExamples(name))
  }
}

try {
  await main()
} catch (error) {
  counts.failed += 1
  console.log(error)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
