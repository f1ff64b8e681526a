import { posix } from 'node:path'
import { moduleReferences } from './syntax.ts'
import type { Member } from './workspace.ts'

/** Who may depend on whom (docs/architecture.md). Private members are listed too: nothing else is reachable. */
const allowedEdges: Readonly<Record<string, readonly string[]>> = {
  '@gateway/sse': [],
  '@gateway/tokenizer': [],
  '@gateway/provider': ['@gateway/sse'],
  '@gateway/session': ['@gateway/tokenizer'],
  '@gateway/tool': ['@gateway/provider'],
  '@gateway/agent': ['@gateway/provider', '@gateway/session', '@gateway/tool'],
  gateway: [
    '@gateway/agent',
    '@gateway/provider',
    '@gateway/session',
    '@gateway/sse',
    '@gateway/tokenizer',
    '@gateway/tool',
  ],
  'gateway-bench': [
    '@gateway/agent',
    '@gateway/provider',
    '@gateway/session',
    '@gateway/sse',
    '@gateway/tokenizer',
    '@gateway/tool',
  ],
  'gateway-tooling': [],
}

const isOurs = (name: string): boolean => name.startsWith('@gateway/')

/** `@gateway/session/sqlite` → `@gateway/session`. */
const packageOf = (specifier: string): string => specifier.split('/').slice(0, 2).join('/')

const manifestEdges = ({ dir, manifest }: Member, allowed: readonly string[]): string[] =>
  (['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const).flatMap(
    (field) =>
      Object.keys(manifest[field] ?? {})
        .filter((name) => isOurs(name) && !allowed.includes(name))
        .map(
          (name) => `${dir}/package.json: ${field} names ${name}, which ${manifest.name} may not depend on`,
        ),
  )

const importEdges = ({ dir, manifest, files }: Member, allowed: readonly string[]): string[] =>
  files.flatMap((file) =>
    moduleReferences(file).flatMap(({ specifier, line }) => {
      const at = `${file.path}:${line}`
      if (specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(file.path), specifier)
        return target.startsWith(`${dir}/`)
          ? []
          : [`${at}: '${specifier}' leaves ${dir}; import by package name`]
      }
      const name = packageOf(specifier)
      // A package's own examples and tests import it as its users do.
      if (!isOurs(specifier) || name === manifest.name) return []
      if (!allowed.includes(name))
        return [`${at}: imports ${specifier}, which ${manifest.name} may not depend on`]
      return manifest.dependencies?.[name] === undefined
        ? [`${at}: imports ${specifier}, which ${dir}/package.json does not list in dependencies`]
        : []
    }),
  )

/** Edges between members that `edges` does not have, in manifests and in sources, types-only ones included. */
export const findForeignEdges = (
  members: readonly Member[],
  edges: Readonly<Record<string, readonly string[]>> = allowedEdges,
): string[] =>
  members.flatMap((member) => {
    const allowed = edges[member.manifest.name]
    if (allowed === undefined)
      return [`${member.dir}: ${member.manifest.name} has no place among the allowed edges`]
    return [...manifestEdges(member, allowed), ...importEdges(member, allowed)]
  })
