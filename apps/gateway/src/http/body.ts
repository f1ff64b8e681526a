import type { Context } from 'hono'
import type { z } from 'zod'
import { ApiError, badRequest } from './api-error.ts'

/** Bytes of an `/api` body. */
const apiBodyLimit = 4 * 1024 * 1024
const maxDepth = 64

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
  requireJson(c)
  return parse(schema, parseJson(bytes))
}

/** Reads any JSON value. */
export const readJson = async (c: Context): Promise<unknown> => {
  requireJson(c)
  return parseJson(await readBytes(c))
}

const requireJson = (c: Context): void => {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(415, {
      type: 'invalid_request_error',
      code: 'unsupported_media_type',
      message: `The body must be application/json, not ${type === '' ? 'without a content type' : `"${clip(type)}"`}.`,
    })
  }
  const encoding = c.req.header('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError(415, {
      type: 'invalid_request_error',
      code: 'unsupported_media_type',
      message: `A body with content-encoding "${clip(encoding)}" is not taken; send it plain.`,
    })
  }
}

const readBytes = async (c: Context): Promise<Uint8Array> => {
  const declared = Number(c.req.header('content-length') ?? 0)
  if (declared > apiBodyLimit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  // Counted as it arrives: a declared length can be missing or false.
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > apiBodyLimit) throw tooLarge()
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

const tooLarge = () =>
  new ApiError(413, {
    type: 'invalid_request_error',
    code: 'body_too_large',
    message: `The body is larger than ${apiBodyLimit} bytes.`,
  })

const parseJson = (bytes: Uint8Array): unknown => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw badRequest(
      `The body is not valid JSON: ${error instanceof Error ? clip(error.message) : ''}`,
      'invalid_json',
    )
  }
  checkShape(value)
  return value
}

// Without recursion: what is checked here is what would overflow the stack elsewhere.
const checkShape = (root: unknown): void => {
  checkText(root)
  let level = isContainer(root) ? [root] : []
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw badRequest(`The body is nested deeper than ${maxDepth} levels.`, 'too_deep')
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

const clip = (text: string, length = 100): string =>
  text.length > length ? `${text.slice(0, length)}…` : text
