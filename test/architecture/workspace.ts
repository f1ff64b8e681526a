import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the whole repository. */
export const repository: string = fileURLToPath(new URL('../..', import.meta.url))

/** A text file; `path` is relative to the repository and written with `/`. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** What the rules read of a `package.json`. */
export interface Manifest {
  readonly name: string
  readonly version?: string
  readonly private?: boolean
  readonly type?: string
  readonly license?: string
  readonly sideEffects?: boolean
  readonly engines?: Readonly<Record<string, string>>
  readonly repository?: { readonly type?: string; readonly url?: string; readonly directory?: string }
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, ExportTarget>>
  readonly publishConfig?: {
    readonly access?: string
    readonly provenance?: boolean
    readonly exports?: Readonly<Record<string, ExportTarget>>
  }
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** One target of `exports`: a file, or a file per condition in order. */
export type ExportTarget = string | Readonly<Record<string, string>>

/** One package, app or tool of the workspace with its own TypeScript files. */
export interface Member {
  /** Relative to the repository, for example `packages/sse`. */
  readonly dir: string
  readonly manifest: Manifest
  readonly files: readonly TextFile[]
}

const skippedFolders = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage'])

const walk = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(join(dir, entry.name))
    return [join(dir, entry.name)]
  })

/** Reads the files below `dir` (itself relative to the repository) whose path passes `wanted`. */
export const readFiles = (dir: string, wanted: (path: string) => boolean, root = repository): TextFile[] => {
  const start = join(root, dir)
  if (!existsSync(start)) return []
  return walk(start)
    .map((path) => ({ absolute: path, path: relative(root, path).split(sep).join('/') }))
    .filter(({ path }) => wanted(path))
    .map(({ absolute, path }) => ({ path, text: readFileSync(absolute, 'utf8') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Reads the built files of a package; `dist` is left out of every other listing. */
export const readBuilt = (member: Member, ending: string): TextFile[] =>
  readFiles(`${member.dir}/dist`, (path) => path.endsWith(ending))

/** Reads one file, or returns `undefined` where there is none. */
export const readOptional = (path: string, root = repository): TextFile | undefined => {
  const absolute = join(root, path)
  return existsSync(absolute) ? { path, text: readFileSync(absolute, 'utf8') } : undefined
}

const readMember = (dir: string): Member => {
  const manifest: Manifest = JSON.parse(readFileSync(join(repository, dir, 'package.json'), 'utf8'))
  return { dir, manifest, files: readFiles(dir, (path) => path.endsWith('.ts')) }
}

const membersIn = (parent: string): Member[] =>
  readdirSync(join(repository, parent))
    .map((name) => `${parent}/${name}`)
    .filter((dir) => existsSync(join(repository, dir, 'package.json')))
    .map(readMember)

/** The publishable packages. */
export const readLibraries = (): Member[] => membersIn('packages')

/** Everything with a `package.json` below the root: the packages, the apps, the benchmarks, the presets. */
export const readMembers = (): Member[] => [
  ...readLibraries(),
  ...membersIn('apps'),
  readMember('bench'),
  readMember('tooling'),
]

/** True for a test or a helper that only tests load. */
export const isTest = (path: string): boolean =>
  /\.test(-d)?\.ts$|(^|\/)(fixture|test-support)\.ts$|(^|\/)(test|fixtures)\//.test(path)
