import { createFetchTransport } from '../transport/fetch-transport.ts'
import type { Transport } from '../types/transport.ts'
import type { HttpProviderSpec } from './http-provider.ts'

/** Options that every provider over HTTP has. */
export interface ProviderOptions {
  /** Unique among the providers of a manager. @defaultValue the factory's own name */
  name?: string | undefined
  /** More headers for each request; a call's own win, credentials are never replaced. */
  headers?: Record<string, string> | undefined
  /** More models that it serves, beside those that it knows by their names. */
  models?: readonly string[] | undefined
  /** @defaultValue a transport over `fetch` */
  transport?: Transport | undefined
  /** For the default transport. @defaultValue the platform's */
  fetch?: typeof fetch | undefined
  /** Milliseconds since the epoch, to read dates in `Retry-After`. @defaultValue the platform's clock */
  now?: (() => number) | undefined
  /** Makes an id where an upstream sends none. @defaultValue random */
  generateId?: (() => string) | undefined
}

/** The part of a spec that the common options give. */
export const toSpec = (
  options: ProviderOptions,
): Pick<HttpProviderSpec, 'models' | 'transport' | 'now' | 'generateId'> => ({
  models: options.models,
  transport: options.transport ?? createFetchTransport({ fetch: options.fetch }),
  now: options.now ?? Date.now,
  generateId: options.generateId ?? (() => `gen_${crypto.randomUUID().replaceAll('-', '')}`),
})
