import type { ProviderErrorCode } from '../errors.ts'
import type { ErrorFacts } from './error-body.ts'

/** The upstream's own codes and types that mean one of ours. */
export type ErrorNames = Readonly<Record<string, ProviderErrorCode>>

// Providers word it in many ways, and often under a plain invalid_request_error.
const contextLength =
  /context[ _-]?(?:length|window|limit|size)|prompt is too long|input is too long|too many (?:input )?tokens|maximum context|reduce the length of/i
const quota =
  /credit balance|insufficient (?:quota|balance|credits|funds)|exceeded your current quota|billing/i
const contentFilter = /content[ _](?:filter|management policy|policy violation)|blocked by .{0,40}polic/i

/**
 * Our code for an upstream's error: the status decides where it says enough, then the upstream's names (`names` is a
 * dialect's table), then its words.
 */
export const toErrorCode = (facts: ErrorFacts, names: ErrorNames): ProviderErrorCode => {
  const { status } = facts
  const named = lookUp(names, facts.code) ?? lookUp(names, facts.type)
  if (status === undefined) return refine(named ?? 'bad-response', facts)
  if (status >= 500) return 'overloaded'
  const byStatus = codeByStatus[status]
  if (byStatus === 'rate-limit') return named === 'quota' || saysQuota(facts) ? 'quota' : 'rate-limit'
  if (byStatus !== undefined) return byStatus
  // A status below 400 never reaches this as an error of the request: it is no answer of such an API.
  if (status < 400) return 'bad-response'
  return refine(named ?? 'invalid-request', facts)
}

const codeByStatus: Readonly<Record<number, ProviderErrorCode>> = {
  401: 'authentication',
  402: 'quota',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  429: 'rate-limit',
}

/** A plain invalid request may be one of three that a router treats otherwise. */
const refine = (code: ProviderErrorCode, facts: ErrorFacts): ProviderErrorCode => {
  if (code !== 'invalid-request' && code !== 'bad-response') return code
  const message = facts.message ?? ''
  if (contextLength.test(message)) return 'context-length'
  if (saysQuota(facts)) return 'quota'
  return contentFilter.test(message) ? 'content-filter' : code
}

const saysQuota = (facts: ErrorFacts): boolean => quota.test(facts.message ?? '')

const lookUp = (names: ErrorNames, name: string | undefined): ProviderErrorCode | undefined =>
  name !== undefined && Object.hasOwn(names, name) ? names[name] : undefined
