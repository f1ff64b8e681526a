import type * as z from 'zod'
import type { Fault } from './config-error.ts'

/** A value as a schema reads it, or everything that the schema has against it. */
export const check = <T>(
  schema: z.ZodType<T>,
  value: unknown,
): { value: T; faults: [] } | { value: undefined; faults: Fault[] } => {
  const result = schema.safeParse(value, { error: describe })
  if (result.success) return { value: result.data, faults: [] }
  return { value: undefined, faults: result.error.issues.flatMap(toFaults) }
}

/** `models.fast.targets[0]`; names that would be misread stand in brackets. */
export const toPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`
    const name = String(part)
    if (!/^[\w-]+$/.test(name)) return `${before}[${JSON.stringify(name)}]`
    return before === '' ? name : `${before}.${name}`
  }, '')

/** Plain words for the faults that are not worded where they are found. None of them quotes a value. */
const describe: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    return `there is no such setting: ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`
  }
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`
  }
  if (issue.code === 'invalid_value') {
    return issue.input === undefined ? 'is missing' : `must be one of ${issue.values.map(String).join(', ')}`
  }
  return undefined
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'an object with settings',
  record: 'an object',
  array: 'a list',
  boolean: 'true or false',
}

const toFaults = (issue: z.core.$ZodIssue): Fault[] => {
  const path = toPath(issue.path)
  // What is wrong with a name of a record stands one level deeper.
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }))
  return [{ path, message: issue.message }]
}
