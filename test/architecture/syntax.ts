import ts from 'typescript'
import type { TextFile } from './workspace.ts'

/** A place in a file where a module is named. */
export interface ModuleReference {
  readonly specifier: string
  readonly line: number
}

// Several rules read the same files.
const parsed = new WeakMap<TextFile, ts.SourceFile>()

/** Parses a file without resolving anything. */
export const parse = (file: TextFile): ts.SourceFile => {
  const known = parsed.get(file)
  if (known !== undefined) return known
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  parsed.set(file, source)
  return source
}

/** Calls `visit` for each node of a file, outermost first. */
export const visitAll = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  ts.forEachChild(node, (child) => visitAll(child, visit))
}

/** The 1-based line on which a node starts. */
export const lineOf = (source: ts.SourceFile, node: ts.Node): number =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1

const specifierOf = (node: ts.Node): ts.Node | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  if (ts.isExternalModuleReference(node)) return node.expression
  const isCall = ts.isCallExpression(node)
  const isLoad =
    isCall &&
    (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(node.expression) && node.expression.text === 'require'))
  return isLoad ? node.arguments[0] : undefined
}

/** Every module that a file names: imports, re-exports, `import()`, `require()` and import types. */
export const moduleReferences = (file: TextFile): ModuleReference[] => {
  const source = parse(file)
  const found: ModuleReference[] = []
  visitAll(source, (node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ specifier: specifier.text, line: lineOf(source, node) })
    }
  })
  return found
}
