import { ProviderError } from '../errors.ts'

/** How much of a body is handed on before its request is ended as ProviderError `bad-response`. */
export interface BodyLimits {
  /**
   * Bytes of a body as it is handed on. Generous: it guards against an answer without end, and not memory, of which a
   * transport holds little.
   * @defaultValue 268435456
   */
  maxBodyBytes?: number | undefined
  /**
   * Bytes of a body that came compressed, counted decoded.
   * @defaultValue 67108864
   */
  maxDecodedBytes?: number | undefined
}

/** Limits with nothing left open. */
export type ResolvedBodyLimits = { readonly [Key in keyof BodyLimits]-?: number }

/** The limits that hold where options say nothing. */
export const resolveBodyLimits = (options: BodyLimits): ResolvedBodyLimits => ({
  maxBodyBytes: options.maxBodyBytes ?? 268_435_456,
  maxDecodedBytes: options.maxDecodedBytes ?? 67_108_864,
})

/** The limit of one body. */
export const limitOf = (limits: ResolvedBodyLimits, isCoded: boolean): number =>
  isCoded ? Math.min(limits.maxBodyBytes, limits.maxDecodedBytes) : limits.maxBodyBytes

/** What a request ends with whose body is larger than its limit. */
export const tooLarge = (name: string, limit: number): ProviderError =>
  new ProviderError(`${name} sent more than ${limit} bytes in one answer.`, { code: 'bad-response' })
