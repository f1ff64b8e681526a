import type { Manifest } from './packages.ts'

const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']

const pathFaults = (paths: readonly string[]): string[] => {
  const strays = paths.filter((path) => !documents.includes(path) && !path.startsWith('dist/'))
  const missing = [...documents, 'dist/index.js', 'dist/index.d.ts'].filter((path) => !paths.includes(path))
  return [...strays.map((path) => `holds ${path}`), ...missing.map((path) => `lacks ${path}`)]
}

const manifestFaults = (manifest: Manifest): string[] => {
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
  const faults = ranges
    .filter(([, range]) => /^(workspace|catalog|file|link):/.test(range))
    .map(([name, range]) => `depends on ${name} by "${range}"`)
  if (JSON.stringify(manifest.exports).includes('@gateway/source'))
    faults.push('exports the source condition')
  return faults
}

/**
 * Faults of a tarball: other files than the build and four documents, ranges that mean nothing outside this
 * workspace, or the condition that points at sources which it does not hold.
 *
 * @param paths - of its files, without the leading `package/`
 */
export const tarballFaults = (paths: readonly string[], manifest: Manifest): string[] => [
  ...pathFaults(paths),
  ...manifestFaults(manifest),
]
