import ts from 'typescript'
import { parse, visitAll } from './syntax.ts'
import type { TextFile } from './workspace.ts'

/** The programs that suites ask for; a call with an environment of its own only tries the helper out. */
const requiredPrograms = (files: readonly TextFile[]): Set<string> => {
  const programs = new Set<string>()
  for (const file of files) {
    visitAll(parse(file), (node) => {
      const isCall = ts.isCallExpression(node) && ts.isIdentifier(node.expression)
      if (!isCall || node.expression.text !== 'requireOrSkip' || node.arguments.length !== 1) return
      const [program] = node.arguments
      programs.add(program !== undefined && ts.isStringLiteralLike(program) ? program.text : node.getText())
    })
  }
  return programs
}

/** The programs that `.ci/run` installs, from its list of `program:debian-package`. */
const installedPrograms = (script: TextFile): Set<string> => {
  const list = script.text.match(/^requirements=\(([^)]*)\)/m)?.[1] ?? ''
  return new Set([...list.matchAll(/^\s*([\w.-]+):[\w.-]+/gm)].map(([, program = '']) => program))
}

/** Programs that a suite needs and CI does not install, and the other way round. */
export const findRequirementDrift = (files: readonly TextFile[], script: TextFile): string[] => {
  const required = requiredPrograms(files)
  const installed = installedPrograms(script)
  return [
    ...[...required.difference(installed)].map(
      (name) => `${script.path}: does not install ${name}, which a suite needs`,
    ),
    ...[...installed.difference(required)].map(
      (name) => `${script.path}: installs ${name}, which no suite needs`,
    ),
  ]
}
