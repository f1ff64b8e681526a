import { ProviderError, type ProviderErrorOptions } from '../errors.ts'
import type { ErrorAnswer } from './dialect.ts'
import { type ErrorFacts, readErrorBody } from './error-body.ts'
import { type ErrorNames, toErrorCode } from './error-code.ts'
import { readRetryAfter } from './retry-after.ts'

const maxMessageLength = 2000
// What keys look like: providers quote them in their messages, mostly masked, not always.
const keys = /\b(?:sk|pk|rk|xai|gsk|key|api)[-_][\w*.-]{6,}|\bBearer\s+\S+|\bAIza[\w-]{20,}/g

/** The error of an answer with an error status. */
export const toAnswerError = (answer: ErrorAnswer, names: ErrorNames): ProviderError => {
  const facts = { ...readErrorBody(answer.body), status: answer.status }
  const html = answer.body.trimStart().startsWith('<')
  const nothing = `The upstream answered ${answer.status} with ${html ? 'an HTML page' : 'no error message'}.`
  return toUpstreamError(facts, names, {
    provider: answer.provider,
    nothing,
    retryAfterMs: readRetryAfter(answer.headers, answer.now),
  })
}

/** The error that an upstream reports, in an answer or in the middle of a stream. */
export const toUpstreamError = (
  facts: ErrorFacts,
  names: ErrorNames,
  options: Pick<ProviderErrorOptions, 'retryAfterMs' | 'usage'> & { provider: string; nothing: string },
): ProviderError => {
  const message = facts.message?.replaceAll(keys, '[key]').trim() || options.nothing
  return new ProviderError(shorten(message), {
    code: toErrorCode(facts, names),
    provider: options.provider,
    status: facts.status,
    retryAfterMs: options.retryAfterMs,
    usage: options.usage,
    upstreamCode: facts.code ?? facts.type,
    upstreamType: facts.type,
    param: facts.param,
  })
}

const shorten = (message: string): string =>
  message.length > maxMessageLength ? `${message.slice(0, maxMessageLength - 1)}…` : message
