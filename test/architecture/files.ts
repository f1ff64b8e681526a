import ts from 'typescript'
import { lineOf, moduleReferences, parse, visitAll } from './syntax.ts'
import type { TextFile } from './workspace.ts'

/** The hard stop for a source file. Long tables are data, kept in files that say so by their name. */
const maxLines = 400

/** `x.data.ts` and everything in a folder `data/` holds data, not code. */
const isData = (path: string): boolean => /\.data\.ts$|(^|\/)data\//.test(path)

/** Files with more than `limit` lines. */
export const findLongFiles = (files: readonly TextFile[], limit = maxLines): string[] =>
  files
    .filter(({ path }) => !isData(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path}: ${lines} lines, ${lines - limit} over the limit`)

const maxConfigLines = 5

/** A package's own tool configuration only names the shared preset; more than a few lines means a second standard. */
export const findLongConfigs = (configs: readonly TextFile[]): string[] =>
  findLongFiles(configs, maxConfigLines)

/**
 * Module mocks (a fake is a small real implementation that is passed in) and switched-off type checking. The
 * linter finds the other habits that are not wanted here: `any`, `!`, `export *`, default exports, `.only`.
 */
export const findBannedHabits = (files: readonly TextFile[]): string[] =>
  files.flatMap((file) => {
    const source = parse(file)
    const found: string[] = []
    visitAll(source, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return
      const { expression, name } = node.expression
      const isMock = ts.isIdentifier(expression) && expression.text === 'vi' && /^(do)?mock$/i.test(name.text)
      if (isMock) found.push(`${file.path}:${lineOf(source, node)}: vi.${name.text} replaces a module`)
    })
    if (/^\s*\/\/\s*@ts-nocheck/m.test(file.text)) found.push(`${file.path}: @ts-nocheck`)
    return found
  })

/** Where zod may be imported: at the edges, where bytes of others become values (docs/decisions/0005). */
const isSchemaEdge = (path: string): boolean =>
  /^packages\/provider\/src\/dialects\/[^/]+\/wire(-[a-z-]+)?\.ts$/.test(path) || path.startsWith('apps/')

/** Imports of zod elsewhere than at the edges. */
export const findStraySchemas = (files: readonly TextFile[]): string[] =>
  files
    .filter(({ path }) => !isSchemaEdge(path))
    .flatMap((file) =>
      moduleReferences(file)
        .filter(({ specifier }) => /^zod($|\/)/.test(specifier))
        .map(({ line }) => `${file.path}:${line}: imports zod away from the edges`),
    )

/** Literals that name a place of somebody's machine: what stands there is not in the repository. */
export const findMachinePaths = (files: readonly TextFile[]): string[] =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        /['"`]\/(tmp|root|home|Users|work)\//.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  )

/** Places where a lockfile names a host: an install from it would depend on who resolved it. */
export const findHosts = (lockfile: TextFile): string[] =>
  lockfile.text
    .split('\n')
    .flatMap((line, index) =>
      /https?:\/\/|registry\./.test(line) ? [`${lockfile.path}:${index + 1}: ${line.trim()}`] : [],
    )
