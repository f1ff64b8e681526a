import type { Usage } from './types/completion.ts'
import type { DialectName } from './types/message.ts'

/** What went wrong, in words that do not depend on the provider. */
export type ProviderErrorCode =
  | 'authentication'
  | 'permission'
  | 'invalid-request'
  | 'context-length'
  | 'not-found'
  | 'rate-limit'
  | 'overloaded'
  | 'quota'
  | 'content-filter'
  | 'timeout'
  | 'network'
  | 'bad-response'
  | 'unsupported'

const retryableByCode = {
  authentication: false,
  permission: false,
  'invalid-request': false,
  'context-length': false,
  'not-found': false,
  'rate-limit': true,
  overloaded: true,
  quota: false,
  'content-filter': false,
  timeout: false,
  network: true,
  'bad-response': true,
  unsupported: false,
} satisfies Record<ProviderErrorCode, boolean>

const mark: unique symbol = Symbol.for('@gateway/provider.error')

/** An error answer that is well-formed in its dialect, as it came. */
export interface UpstreamErrorAnswer {
  dialect: DialectName
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  body: string
}

/** Facts about a failed call. */
export interface ProviderErrorOptions {
  code: ProviderErrorCode
  provider?: string | undefined
  /** HTTP status of the upstream, where there was one. */
  status?: number | undefined
  /** How long the upstream asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined
  /** The upstream's own code or type, as it was. */
  upstreamCode?: string | undefined
  /** The upstream's own type, as it was. */
  upstreamType?: string | undefined
  /** The field that is to blame, as a path, where it is known. */
  param?: string | undefined
  /** The upstream's answer, to be handed on to a client of its dialect. */
  answer?: UpstreamErrorAnswer | undefined
  /** What the upstream counted of an answer that it stopped for a fault of its own. */
  usage?: Usage | undefined
  /** The model that was asked last, as its provider knows it. */
  model?: string | undefined
  /** How many attempts were made, of all targets. */
  attempts?: number | undefined
  cause?: unknown
}

/** The one error class of this package. Aborts are not errors: the signal's reason is rethrown as it is. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly code: ProviderErrorCode
  readonly provider: string | undefined
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly upstreamCode: string | undefined
  readonly upstreamType: string | undefined
  readonly param: string | undefined
  readonly answer: UpstreamErrorAnswer | undefined
  readonly usage: Usage | undefined
  readonly model: string | undefined
  readonly attempts: number | undefined
  /** May the same target be asked again? From one table, by code. */
  readonly retryable: boolean

  constructor(message: string, options: ProviderErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.provider = options.provider
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
    this.upstreamCode = options.upstreamCode
    this.upstreamType = options.upstreamType
    this.param = options.param
    this.answer = options.answer
    this.usage = options.usage
    this.model = options.model
    this.attempts = options.attempts
    this.retryable = retryableByCode[options.code]
    Object.defineProperty(this, mark, { value: true })
  }
}

/** True for a ProviderError of any copy of this package. */
export const isProviderError = (value: unknown): value is ProviderError =>
  typeof value === 'object' && value !== null && mark in value
