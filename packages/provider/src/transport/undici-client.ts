import { ProviderError } from '../errors.ts'

/*
 * The part of undici's `Client` that is used here, by structure: undici is an optional peer, so its types are not ours
 * to publish.
 */

/** What a request's handler may do to it. */
export interface UndiciController {
  pause(): void
  resume(): void
}

/** What undici tells of one request. */
export interface UndiciHandler {
  /** The request is about to be written. */
  onRequestStart(controller: UndiciController): void
  /** The first byte of an answer came. */
  onResponseStarted(): void
  /** Also called for each 1xx. */
  onResponseStart(
    controller: UndiciController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void
  onResponseData(controller: UndiciController, chunk: Uint8Array): void
  onResponseEnd(): void
  onResponseError(controller: UndiciController | null, error: unknown): void
}

/** One request. */
export interface UndiciRequest {
  method: string
  path: string
  /** Names and values in turn. */
  headers: string[]
  body: Uint8Array | Iterable<Uint8Array> | null
}

/** One connection to one origin, opened anew where it was closed. */
export interface UndiciClient {
  dispatch(request: UndiciRequest, handler: UndiciHandler): boolean
  on(event: 'connect' | 'disconnect', listener: () => void): unknown
  /** Settles when running requests have ended. */
  close(): Promise<void>
  destroy(error: Error): Promise<void>
}

/** Options of a client; times in milliseconds, 0 for none. */
export interface UndiciClientOptions {
  allowH2: boolean
  bodyTimeout: number
  connectTimeout: number
  headersTimeout: number
  keepAliveMaxTimeout: number
  keepAliveTimeout: number
  keepAliveTimeoutThreshold: number
  maxHeaderSize: number
}

/** The constructor of undici's `Client`. */
export type UndiciClientClass = new (origin: string, options: UndiciClientOptions) => UndiciClient

// The root of undici also loads `fetch`, WebSockets, caches and mocks: three times the time and 14 MB more memory.
const clientAlone = 'undici/lib/dispatcher/client.js'

/** Loads undici. ProviderError `unsupported` where it is not installed. */
export const loadUndici = async (): Promise<UndiciClientClass> => {
  try {
    const module: unknown = await import(clientAlone)
    const found = findClass(module, 'default')
    if (found !== undefined) return found
  } catch {
    // A version that keeps its files elsewhere: its root has the same class.
  }
  const message = 'undici cannot be loaded. Install it beside @gateway/provider: npm install undici@8'
  let root: unknown
  try {
    root = await import('undici')
  } catch (error) {
    throw new ProviderError(message, { code: 'unsupported', cause: error })
  }
  const found = findClass(root, 'Client')
  if (found === undefined) throw new ProviderError(message, { code: 'unsupported' })
  return found
}

/** By its shape alone: undici's types leave out that a body may be iterable. */
const findClass = (module: unknown, name: string): UndiciClientClass | undefined => {
  if (typeof module !== 'object' || module === null) return undefined
  const found: unknown = Reflect.get(module, name)
  return isClass(found) ? found : undefined
}

const isClass = (value: unknown): value is UndiciClientClass => typeof value === 'function'
