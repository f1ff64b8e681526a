import type { JsonValue } from '../types/json.ts'
import { isJsonObject, parseJson } from './json.ts'

/** What an error body says, whichever of the wild's shapes it has. */
export interface ErrorFacts {
  message?: string | undefined
  type?: string | undefined
  code?: string | undefined
  /** The field that is to blame. */
  param?: string | undefined
  /** An HTTP status that an in-stream error names. */
  status?: number | undefined
}

/**
 * Reads `{error:{message,type,param,code}}`, `{type:"error",error:{…}}`, `{error:"…"}`, `{message}`, `{detail}`, the
 * faults that FastAPI finds (`{loc,msg}`) and a list of one of these; JSON written into a message is unwrapped, and so is
 * what a router's provider said (`metadata.raw`). HTML and empty bodies say nothing.
 */
export const readErrorBody = (body: string): ErrorFacts => {
  const value = parseJson(body)
  if (value !== undefined) return readErrorValue(value)
  const text = body.trim()
  return text === '' || text.startsWith('<') ? {} : { message: text }
}

/** The same for a body that is parsed already. */
export const readErrorValue = (value: JsonValue | undefined, depth = 0): ErrorFacts => {
  // Proxies wrap each other's errors; three layers are more than was ever seen.
  if (depth > 3) return {}
  if (typeof value === 'string') return readMessage(value, depth)
  if (Array.isArray(value)) return readErrorValue(value[0], depth + 1)
  if (!isJsonObject(value)) return {}
  const inner = value.error ?? value.detail ?? (isJsonObject(value.message) ? value.message : undefined)
  if (isJsonObject(inner) || Array.isArray(inner)) return readErrorValue(inner, depth + 1)
  const place = toPlace(value.loc)
  const own: ErrorFacts = {
    type: text(value.type),
    code: text(value.code) ?? text(value.status),
    param: text(value.param) ?? place,
    status: toStatus(value.code) ?? toStatus(value.status),
  }
  const message = text(inner) ?? text(value.message) ?? text(value.msg)
  if (message === undefined) return own
  const said = readMessage(message, depth)
  const behind = isJsonObject(value.metadata) ? text(value.metadata.raw) : undefined
  const deeper = behind === undefined ? {} : readErrorBody(behind)
  const parts = [place, said.message, deeper.message].filter((part) => part !== undefined)
  return {
    // A router may only repeat what its provider said, and a provider what it was wrapped in.
    message: [...new Set(parts)].join(': '),
    type: deeper.type ?? said.type ?? own.type,
    code: deeper.code ?? said.code ?? own.code,
    param: deeper.param ?? said.param ?? own.param,
    status: said.status ?? own.status,
  }
}

/** A message, or the error that is written into it as JSON. */
const readMessage = (message: string, depth: number): ErrorFacts => {
  const inner = message.trimStart().startsWith('{') ? parseJson(message) : undefined
  const facts = inner === undefined ? {} : readErrorValue(inner, depth + 1)
  return facts.message === undefined ? { message } : facts
}

/** Where in the body a fault is: `['body', 'tools', 0]` is `tools.0`. */
const toPlace = (loc: JsonValue | undefined): string | undefined =>
  Array.isArray(loc) ? text(loc.filter((part, at) => at > 0 || part !== 'body').join('.')) : undefined

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const toStatus = (value: JsonValue | undefined): number | undefined => {
  const status = typeof value === 'string' ? Number(value) : value
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined
}
