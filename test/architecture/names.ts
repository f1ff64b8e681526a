import ts from 'typescript'
import { lineOf, parse, visitAll } from './syntax.ts'
import type { TextFile } from './workspace.ts'

/** A place, besides a provider's own files, where its name may stand in code. */
export interface NamedPlace {
  /** A file, or a folder when it ends in `/`; relative to the repository. */
  readonly path: string
  readonly why: string
}

const providerName = /anthropic|openai/i

const covers = (place: NamedPlace, path: string): boolean =>
  place.path.endsWith('/') ? path.startsWith(place.path) : path === place.path

/** Code of a provider's own: its name is in the path below `src`. */
const isOwnFile = (path: string): boolean => providerName.test(path.replace(/^.*?\/src\//, ''))

/** The identifiers and literals of a file that name a provider; comments may cite whom they like. */
const mentions = (file: TextFile): string[] => {
  const source = parse(file)
  const found: string[] = []
  visitAll(source, (node) => {
    const isText =
      ts.isIdentifier(node) ||
      ts.isStringLiteralLike(node) ||
      ts.isRegularExpressionLiteral(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    if (isText && providerName.test(node.text)) {
      found.push(`${file.path}:${lineOf(source, node)}: names ${JSON.stringify(node.text.slice(0, 60))}`)
    }
  })
  return found
}

/**
 * Provider names in code that has to work for every provider. An allowed place that no longer names one is a
 * fault as well, so that the list can only shrink with the code.
 */
export const findProviderNames = (files: readonly TextFile[], allowed: readonly NamedPlace[]): string[] => {
  const naming = files
    .filter(({ path }) => !isOwnFile(path))
    .map((file) => ({ path: file.path, found: mentions(file) }))
    .filter(({ found }) => found.length > 0)
  const stale = allowed
    .filter((place) => !naming.some(({ path }) => covers(place, path)))
    .map((place) => `${place.path}: is allowed to name a provider and does not (${place.why})`)
  const strays = naming
    .filter(({ path }) => !allowed.some((place) => covers(place, path)))
    .flatMap(({ found }) => found)
  return [...strays, ...stale]
}
