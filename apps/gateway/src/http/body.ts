import type { Context } from 'hono'
import type * as z from 'zod'
import { badRequest } from './api-error.ts'
import { clip, maxDepth, parseJson, readStream, requireJson, tooDeep } from './json-body.ts'

/** Bytes of an `/api` body. */
const apiBodyLimit = 4 * 1024 * 1024

/**
 * Reads a JSON body under its limits and checks it against a closed schema.
 * @throws ApiError 415, 413, 400.
 */
export const readBody = async <S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> =>
  parse(schema, await readJson(c))

/** The same for a route whose body may be left out. */
export const readOptionalBody = async <S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> => {
  const bytes = await readBytes(c)
  if (bytes.length === 0) return parse(schema, {})
  requireJsonOf(c)
  return parse(schema, parseChecked(bytes))
}

/** Reads any JSON value. */
export const readJson = async (c: Context): Promise<unknown> => {
  requireJsonOf(c)
  return parseChecked(await readBytes(c))
}

const requireJsonOf = (c: Context): void =>
  requireJson(c.req.header('content-type'), c.req.header('content-encoding'))

const readBytes = (c: Context): Promise<Uint8Array> =>
  readStream(c.req.raw.body, c.req.header('content-length'), apiBodyLimit)

const parseChecked = (bytes: Uint8Array): unknown => {
  const value = parseJson(bytes)
  checkShape(value)
  return value
}

// Without recursion: what is checked here is what would overflow the stack elsewhere.
const checkShape = (root: unknown): void => {
  checkText(root)
  let level = isContainer(root) ? [root] : []
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw tooDeep()
    const next: object[] = []
    for (const value of level) {
      for (const [key, child] of Object.entries(value)) {
        if (key === '__proto__') throw badRequest('The key "__proto__" is not taken.')
        checkText(key)
        checkText(child)
        if (isContainer(child)) next.push(child)
      }
    }
    level = next
  }
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

// JSON can spell half of a surrogate pair, which is no character: providers refuse it, so once it is in a history
// every later turn fails.
const checkText = (value: unknown): void => {
  if (typeof value === 'string' && !value.isWellFormed())
    throw badRequest(`The text ${JSON.stringify(clip(value, 40))} holds half of a surrogate pair.`)
}

/** Checks a value against a schema; the first faults are named with their paths. */
export const parse = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const faults = result.error.issues.slice(0, 5).map((issue) => {
    const { path, message } = closest(issue)
    return path.length === 0 ? message : `${clip(path.map(String).join('.'))}: ${message}`
  })
  throw badRequest(clip(faults.join('; '), 500))
}

interface Fault {
  path: readonly PropertyKey[]
  message: string
}

/** What is wrong with a value that fits none of several forms: the fault of the form that it comes closest to. */
const closest = (issue: z.core.$ZodIssue): Fault => {
  if (issue.code !== 'invalid_union') return issue
  let best: Fault = issue
  for (const fault of issue.errors.map(([first]) => first && closest(first))) {
    if (fault !== undefined && issue.path.length + fault.path.length > best.path.length) {
      best = { path: [...issue.path, ...fault.path], message: fault.message }
    }
  }
  return best
}
