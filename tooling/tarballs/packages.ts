import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is read of a `package.json`, in the repository as in a tarball. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A publishable package of the workspace. */
export interface Package {
  readonly dir: string
  readonly manifest: Manifest
}

/** Parses a `package.json` and refuses one that cannot be published at all. */
export const parseManifest = (text: string): Manifest => {
  const manifest: Partial<Manifest> = JSON.parse(text)
  const { name, version, exports } = manifest
  if (name === undefined || version === undefined || exports === undefined) {
    throw new Error(`A package.json lacks name, version or exports: ${text.slice(0, 80)}…`)
  }
  return { ...manifest, name, version, exports }
}

/** Reads `packages/*`. */
export const readPackages = (repository: string): Package[] =>
  readdirSync(join(repository, 'packages'))
    .map((name) => join(repository, 'packages', name))
    .filter((dir) => existsSync(join(dir, 'package.json')))
    .map((dir) => ({ dir, manifest: parseManifest(readFileSync(join(dir, 'package.json'), 'utf8')) }))

/** A package and all packages of the workspace that it needs, directly or through another. */
export const withNeeded = (start: Package, all: readonly Package[]): Package[] => {
  const needed = new Set([start])
  // A set may grow while it is walked; each package is visited once.
  for (const { manifest } of needed) {
    for (const other of all) {
      if (manifest.dependencies?.[other.manifest.name] !== undefined) needed.add(other)
    }
  }
  return [...needed]
}

/** What users can import: `@gateway/session`, `@gateway/session/sqlite`. */
export const entryPoints = ({ name, exports }: Manifest): string[] =>
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => (path === '.' ? name : `${name}${path.slice(1)}`))
