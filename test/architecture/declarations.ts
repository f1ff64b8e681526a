import { moduleReferences } from './syntax.ts'
import type { Member, TextFile } from './workspace.ts'

/** What a package's users would see and must not: zod, our sources, or files beside `dist`. */
const faultOf = (specifier: string, declared: ReadonlySet<string>): string | undefined => {
  if (/^zod($|\/)/.test(specifier)) return 'shows zod'
  if (specifier.startsWith('.')) {
    return /(^|\/)(\.\.|src)\//.test(specifier) ? 'points out of dist' : undefined
  }
  if (specifier.startsWith('node:')) return undefined
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return declared.has(name) ? undefined : `imports ${name}, which users do not get with the package`
}

/** Faults in the published types of one package. */
export const findDeclarationFaults = (member: Member, declarations: readonly TextFile[]): string[] => {
  if (declarations.length === 0) return [`${member.dir}: has no built types; run the build first`]
  const { dependencies, peerDependencies } = member.manifest
  const declared = new Set(Object.keys({ ...dependencies, ...peerDependencies }))
  return declarations.flatMap((file) =>
    moduleReferences(file).flatMap(({ specifier, line }) => {
      const fault = faultOf(specifier, declared)
      return fault === undefined ? [] : [`${file.path}:${line}: '${specifier}' ${fault}`]
    }),
  )
}
