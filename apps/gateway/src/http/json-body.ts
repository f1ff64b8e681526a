import { ApiError, badRequest } from './api-error.ts'

/** How deep objects and arrays may be nested in any body. */
export const maxDepth = 64

/**
 * Bytes behind a body's limit that are read and dropped before the 413 is sent: a client that writes first and reads
 * then would never see the answer of a server that hangs up on it.
 */
export const spareBytes = 64 * 1024 * 1024

/** Takes `application/json` without a content coding. @throws ApiError 415. */
export const requireJson = (type = '', encoding?: string | undefined): void => {
  if (type !== 'application/json' && !/^application\/json\s*(;|$)/i.test(type)) {
    const given = type === '' ? 'without a content type' : `"${clip(type)}"`
    throw unsupported(`The body must be application/json, not ${given}.`)
  }
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupported(`A body with content-encoding "${clip(encoding)}" is not taken; send it plain.`)
  }
}

const unsupported = (message: string): ApiError =>
  new ApiError(415, { type: 'invalid_request_error', code: 'unsupported_media_type', message })

/** 413. With `close` where the rest of the body is left unread: then the connection is of no more use. */
const tooLarge = (limit: number, close: boolean): ApiError =>
  new ApiError(
    413,
    {
      type: 'invalid_request_error',
      code: 'body_too_large',
      message: `The body is larger than ${limit} bytes.`,
    },
    close ? { connection: 'close' } : {},
  )

/** Gathers the chunks of a body, counted as they arrive: a declared length can be missing or false. */
export interface BodyReader {
  /** Takes a chunk; false when there is no use in reading on. */
  add(chunk: Uint8Array): boolean
  /** The whole body. @throws ApiError 413. */
  bytes(): Uint8Array
}

/** Reads bodies of up to `limit` bytes. @throws ApiError 413 at once for a declared length that is beyond all bounds. */
export const createBodyReader = (limit: number, declared: string | undefined): BodyReader => {
  if (Number(declared ?? 0) > limit + spareBytes) throw tooLarge(limit, true)
  let chunks: Uint8Array[] = []
  let size = 0
  return {
    add(chunk) {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else if (chunks.length > 0) chunks = []
      return size <= limit + spareBytes
    },
    bytes() {
      if (size > limit) throw tooLarge(limit, size > limit + spareBytes)
      const [first] = chunks
      return chunks.length === 1 && first !== undefined ? first : join(chunks, size)
    },
  }
}

const join = (chunks: readonly Uint8Array[], size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

/** Reads the body of a web request. @throws ApiError 413. */
export const readStream = async (
  body: ReadableStream<Uint8Array> | null,
  declared: string | undefined,
  limit: number,
): Promise<Uint8Array> => {
  const reader = createBodyReader(limit, declared)
  for await (const chunk of body ?? []) if (!reader.add(chunk)) break
  return reader.bytes()
}

/** Drops a body that nobody will read, before its request is refused; false where it has no end in sight. */
export const dropStream = async (
  body: ReadableStream<Uint8Array> | null,
  declared: string | undefined,
): Promise<boolean> => {
  if (Number(declared ?? 0) > spareBytes) return false
  let size = 0
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length
      if (size > spareBytes) return false
    }
    return true
  } catch {
    // Its sender is gone: there is no connection to keep.
    return false
  }
}

// Kept: making one costs more than decoding a small body.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The value of a JSON text in UTF-8. @throws ApiError 400 `invalid_json`. */
export const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (error) {
    const why = error instanceof Error ? clip(error.message) : ''
    throw badRequest(`The body is not valid JSON: ${why}`, 'invalid_json')
  }
}

/** 400 for a body that is nested too deep. */
export const tooDeep = (): ApiError =>
  badRequest(`The body is nested deeper than ${maxDepth} levels.`, 'too_deep')

/** Text that a client sent, short enough for a message. */
export const clip = (text: string, length = 100): string =>
  text.length > length ? `${text.slice(0, length)}…` : text
