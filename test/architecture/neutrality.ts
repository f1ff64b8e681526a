import { builtinModules } from 'node:module'
import { build } from 'esbuild'
import ts from 'typescript'
import { lineOf, parse, visitAll } from './syntax.ts'
import { repository, type TextFile } from './workspace.ts'

/** What was found behind one entry, and how much was read for it. */
export interface Reach {
  /** Paths of every file in the bundle, third-party ones included, relative to the repository. */
  readonly files: readonly string[]
  readonly violations: readonly string[]
}

/**
 * Bundles `entry` as a program for no particular platform would be bundled and lists the Node modules that it, or
 * anything that it imports, asks for. Imports of types are gone by then, as they are at run time.
 */
export const findNodeModules = async (entry: string, root = repository): Promise<Reach> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['@gateway/source', 'import'],
    external: ['node:*', ...builtinModules],
    logLevel: 'silent',
  })
  const violations = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
    imports.filter(({ external }) => external).map(({ path: module }) => `${path}: imports ${module}`),
  )
  return { files: Object.keys(metafile.inputs), violations }
}

const nodeGlobals = new Set([
  'Buffer',
  'NodeJS',
  '__dirname',
  '__filename',
  'clearImmediate',
  'global',
  'process',
  'require',
  'setImmediate',
])
const nodeMetaFields = new Set(['dirname', 'filename', 'main'])

/** True where an identifier names something of its own (a field, a key) and not a variable in scope. */
const isMemberName = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) {
    // `globalThis.process` is the global again.
    const onGlobal = ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis'
    return parent.name === node && !onGlobal
  }
  if (ts.isQualifiedName(parent)) return parent.right === node
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isImportSpecifier(parent) ||
      ts.isExportSpecifier(parent)) &&
    parent.name === node
  )
}

/** Uses of globals that only Node has. A local variable of such a name counts too: it reads like the global. */
export const findNodeGlobals = (file: TextFile): string[] => {
  const source = parse(file)
  const found: string[] = []
  visitAll(source, (node) => {
    if (ts.isIdentifier(node) && nodeGlobals.has(node.text) && !isMemberName(node)) {
      found.push(`${file.path}:${lineOf(source, node)}: uses ${node.text}`)
    }
    const isMeta = ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression)
    if (isMeta && nodeMetaFields.has(node.name.text)) {
      found.push(`${file.path}:${lineOf(source, node)}: uses import.meta.${node.name.text}`)
    }
  })
  return found
}
