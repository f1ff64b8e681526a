import type { AttemptedRequest, AttemptRecord } from '@gateway/provider'
import type { Logger } from 'pino'

/** One line for each failed attempt, also where another target made up for it and nobody noticed. */
export const logAttempt = (log: Logger, record: AttemptRecord, request: AttemptedRequest): void => {
  const { target, error, followedBy } = record
  if (error === undefined) return
  const line = {
    provider: target.provider,
    provider_model: target.model,
    model: request.configuredModel,
    attempt: request.attempt,
    code: error.code,
    upstream_status: error.status,
    followed_by: followedBy,
    duration_ms: Math.round(record.durationMs),
    err: error,
  }
  // These do not pass by themselves: somebody has to do something.
  if (error.code === 'authentication') log.error(line, 'a provider does not accept our credentials')
  else if (error.code === 'quota') log.error(line, 'our account with a provider is used up')
  // What nobody made up for is in the line of its request.
  else if (followedBy !== 'nothing') log.warn(line, 'an attempt failed')
}
