import type { JsonObject, JsonValue } from '@gateway/provider'
import { ApiError, badRequest } from '../http/api-error.ts'
import { checkModelAllowed } from '../http/auth.ts'
import { maxDepth, parseJson, requireJson, tooDeep } from '../http/json-body.ts'
import type { Call } from './call.ts'

/** Bytes of a `/v1` body: room for images. */
const bodyLimit = 32 * 1024 * 1024

/** A request's body as it came, and parsed. It names a model. */
export interface ModelBody {
  bytes: Uint8Array
  value: JsonObject
  model: string
}

/**
 * Reads the body, which is open: only what every dialect has is checked, and that the caller may ask for its model.
 * @throws ApiError 415, 413, 400, 403.
 */
export const readModelBody = async (call: Call, defaultModel: string): Promise<ModelBody> => {
  const { exchange, caller } = call
  const { headers } = exchange
  requireJson(headers['content-type'], headers['content-encoding'])
  const body = toModelBody(await exchange.readBody(bodyLimit), defaultModel)
  call.model = body.model
  checkModelAllowed(caller, body.model)
  return body
}

/** The same for bytes that were read. Where they name no model, the default is put into them. */
export const toModelBody = (read: Uint8Array, defaultModel: string): ModelBody => {
  const bytes = withoutMark(read)
  const value = parseJson(bytes)
  if (!isObject(value)) throw badRequest('The body must be a JSON object.')
  if (!isWithin(value, maxDepth)) throw tooDeep()
  const { model } = value
  if (typeof model === 'string' && model !== '') return { bytes, value, model }
  if (model !== undefined) {
    const body = {
      type: 'invalid_request_error',
      code: 'invalid_request',
      message: 'model: must be the name of a model.',
    }
    throw new ApiError(400, body, {}, { param: 'model' })
  }
  const named = withModel(bytes, defaultModel, Object.keys(value).length === 0)
  value.model = defaultModel
  return { bytes: named, value, model: defaultModel }
}

/** Puts a model in front of an object's other fields, and leaves these as they are. */
const withModel = (bytes: Uint8Array, model: string, isEmpty: boolean): Uint8Array => {
  const field = new TextEncoder().encode(`"model":${JSON.stringify(model)}${isEmpty ? '' : ','}`)
  const at = bytes.indexOf(0x7b) + 1
  const named = new Uint8Array(bytes.length + field.length)
  named.set(bytes.subarray(0, at))
  named.set(field, at)
  named.set(bytes.subarray(at), at + field.length)
  return named
}

/** JSON has no byte order mark, but some writers do. */
const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Is it nested no deeper than this? Looks at the parsed value, which has far fewer parts than its text has bytes. */
const isWithin = (container: JsonObject | JsonValue[], levels: number): boolean => {
  if (levels === 0) return false
  if (Array.isArray(container)) return container.every((part) => isPartWithin(part, levels - 1))
  // `for … in` makes no list of what it visits, and a parsed object inherits nothing that would show up.
  for (const key in container) if (!isPartWithin(container[key], levels - 1)) return false
  return true
}

const isPartWithin = (part: JsonValue | undefined, levels: number): boolean =>
  typeof part !== 'object' || part === null || isWithin(part, levels)
