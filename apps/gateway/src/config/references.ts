import { toPath } from './check.ts'
import type { Fault } from './config-error.ts'
import type { Environment } from './environment.ts'

/** A value in which references were replaced. */
export interface Resolved {
  value: unknown
  faults: Fault[]
  /** Takes what came from the environment out of a message again. */
  hide(text: string): string
}

// `$${` stands for a `${` that is none.
const reference = /\$\$\{|\$\{([^}]*)\}/g

/** Below this a value is no secret, and taking it out would make nonsense of messages. */
const shortestHidden = 4

/**
 * Replaces `${NAME}` in every text of a value by the variable of that name. One that is not set, or empty, is a fault
 * and stays as it is. Names of settings are not looked at.
 */
export const resolveReferences = (value: unknown, environment: Environment): Resolved => {
  const faults: Fault[] = []
  const used = new Map<string, string>()

  const inText = (text: string, path: readonly PropertyKey[]): string =>
    text.replace(reference, (found: string, name: string | undefined) => {
      if (name === undefined) return '${'
      const given = environment[name]
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        const message = `\${${name.slice(0, 40)}} is no name of a variable; write $\${ for text that begins so`
        faults.push({ path: toPath(path), message })
      } else if (given === undefined || given === '') {
        faults.push({ path: toPath(path), message: `the environment variable ${name} is not set` })
      } else {
        used.set(given, name)
        return given
      }
      return found
    })

  const visit = (part: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof part === 'string') return inText(part, path)
    if (Array.isArray(part)) return part.map((item: unknown, index) => visit(item, [...path, index]))
    if (!isPlainObject(part)) return part
    return Object.fromEntries(
      Object.entries(part).map(([name, item]) => [name, visit(item, [...path, name])]),
    )
  }

  return {
    value: visit(value, []),
    faults,
    hide: (text) =>
      [...used].reduce(
        (shown, [given, name]) =>
          given.length < shortestHidden ? shown : shown.replaceAll(given, `\${${name}}`),
        text,
      ),
  }
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
