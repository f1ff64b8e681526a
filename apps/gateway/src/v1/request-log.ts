import { isProviderError } from '@gateway/provider'
import type { Logger } from 'pino'
import { ApiError } from '../http/api-error.ts'
import type { Call } from './call.ts'
import { describeError } from './errors.ts'
import { isClientGone } from './exchange.ts'

/** One line for a request at its end: who, which model, how it went, what it used. Never a body, a key or a query. */
export const logCall = (log: Logger, call: Call, now: number): void => {
  const { exchange, report, status } = call
  const isGone = isClientGone(exchange.signal)
  const error = isGone ? undefined : (call.error ?? report?.error)
  const line = {
    request_id: call.requestId,
    method: exchange.method,
    path: exchange.path,
    status,
    tenant: call.caller.tenant === '' ? undefined : call.caller.tenant,
    model: call.model?.slice(0, 256),
    provider: report?.provider ?? (isProviderError(error) ? error.provider : undefined),
    provider_model: report?.model,
    attempts: report?.attempts,
    stream: report?.stream,
    relay: report?.isRelay,
    input_tokens: report?.usage?.inputTokens,
    output_tokens: report?.usage?.outputTokens,
    first_token_ms: round(report?.firstTokenMs),
    duration_ms: round(now - call.startedAt),
    client_left: isGone ? true : undefined,
    error: error === undefined ? undefined : describeError(error, call.requestId).code,
  }
  // A client that leaves is nobody's fault, and what is the caller's fault is no cause for alarm.
  if (error === undefined || (status >= 400 && status < 500)) log.info(line, 'request')
  else if (error instanceof ApiError) log.warn(line, 'request')
  else if (!isProviderError(error)) log.error({ ...line, err: error }, 'request failed')
  else if (error.code !== 'authentication') log.warn({ ...line, err: error }, 'request')
  else log.error({ ...line, err: error }, 'a provider does not accept our credentials')
}

const round = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000
