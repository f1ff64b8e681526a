import { isDeepStrictEqual } from 'node:util'
import ts from 'typescript'
import { parse, visitAll } from './syntax.ts'
import type { ExportTarget, Manifest, Member, TextFile } from './workspace.ts'

const scripts = {
  build: 'tsup',
  typecheck: 'tsc -p tsconfig.json',
  test: 'vitest run',
  'check:package': 'publint --strict && attw --pack --profile esm-only',
}
const maxThirdParty = 2

/** What every publishable manifest says, apart from its name, its texts and its entries. */
const fixedFields = (dir: string): Readonly<Record<string, unknown>> => ({
  name: `@gateway/${dir.split('/').at(-1)}`,
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=22.13' },
  repository: { type: 'git', url: 'git+https://github.com/gateway/gateway.git', directory: dir },
  files: ['dist', 'CHANGELOG.md'],
  scripts,
})

/** The entries that the build configuration lists: output name → source file. */
const buildEntries = (config: TextFile): Map<string, string> => {
  const entries = new Map<string, string>()
  visitAll(parse(config), (node) => {
    if (!ts.isPropertyAssignment(node) || !ts.isStringLiteralLike(node.initializer)) return
    if (ts.isIdentifier(node.name) || ts.isStringLiteralLike(node.name)) {
      entries.set(node.name.text, node.initializer.text)
    }
  })
  return entries
}

/** The `exports` that these entries call for; with the source condition, or as they are published. */
const expectedExports = (entries: Map<string, string>, published: boolean): Record<string, ExportTarget> => {
  const exports: Record<string, ExportTarget> = {}
  for (const [name, source] of entries) {
    const built = { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` }
    exports[name === 'index' ? '.' : `./${name}`] = published
      ? built
      : { '@gateway/source': `./${source}`, ...built }
  }
  exports['./package.json'] = './package.json'
  return exports
}

/** Deep equality that also wants the same order: conditions are read from the top. */
const isSame = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(a, b) && JSON.stringify(a) === JSON.stringify(b)

const exportFaults = (manifest: Manifest, config: TextFile | undefined): string[] => {
  if (config === undefined) return ['has no tsup.config.ts']
  const entries = buildEntries(config)
  const faults: string[] = []
  if (!entries.has('index')) faults.push('tsup.config.ts builds no index')
  if (!isSame(manifest.exports, expectedExports(entries, false))) {
    faults.push('exports are not the entries of tsup.config.ts with source, types and default, in this order')
  }
  if (!isSame(manifest.publishConfig?.exports, expectedExports(entries, true))) {
    faults.push('publishConfig.exports are not the exports without the source condition')
  }
  return faults
}

const dependencyFaults = (manifest: Manifest): string[] => {
  const dependencies = Object.entries(manifest.dependencies ?? {})
  const faults = dependencies.flatMap(([name, range]) => {
    const expected = name.startsWith('@gateway/') ? 'workspace:^' : 'catalog:'
    return range === expected ? [] : [`dependency ${name} is "${range}" instead of "${expected}"`]
  })
  const thirdParty = dependencies.filter(([name]) => !name.startsWith('@gateway/'))
  if (thirdParty.length > maxThirdParty) {
    faults.push(`has ${thirdParty.length} third-party dependencies, more than ${maxThirdParty}`)
  }
  return faults
}

/** Differences between a publishable package's manifest and what all of them share. */
export const findManifestDrift = ({ dir, manifest }: Member, tsupConfig: TextFile | undefined): string[] => {
  const fields = new Map<string, unknown>(Object.entries(manifest))
  const drift = Object.entries(fixedFields(dir))
    .filter(([field, expected]) => !isDeepStrictEqual(fields.get(field), expected))
    .map(
      ([field, expected]) =>
        `${field} is ${JSON.stringify(fields.get(field))}, not ${JSON.stringify(expected)}`,
    )
  const { access, provenance } = manifest.publishConfig ?? {}
  if (access !== 'public' || provenance !== true) drift.push('publishConfig is not public with provenance')
  return [...drift, ...exportFaults(manifest, tsupConfig), ...dependencyFaults(manifest)].map(
    (fault) => `${dir}/package.json: ${fault}`,
  )
}

/** A package's licence is the repository's, copied: tarballs hold no file from outside their folder. */
export const findLicenceFaults = (dir: string, copy: TextFile | undefined, original: TextFile): string[] =>
  copy?.text === original.text ? [] : [`${dir}/LICENSE: is not the LICENSE of the repository`]
