import { isProviderError } from '@gateway/provider'
import { type DestinationStream, type Logger, symbols } from 'pino'
import { ApiError } from '../http/api-error.ts'
import { createTimestamp } from '../logger.ts'
import type { Call } from './call.ts'
import { describeError } from './errors.ts'
import { isClientGone } from './exchange.ts'

/** Writes one line for a request at its end: who, which model, how it went, what it used. Never a body, key or query. */
export type RequestLog = (call: Call, now: number) => void

/**
 * A log of requests beside `log`. A line about a request that went well is made here, in the logger's form, and given to
 * where the logger writes: taken through the logger it costs five times as much, and there is one for each request.
 */
export const createRequestLog = (log: Logger): RequestLog => {
  // The one line that is written for each request says nothing that would have to be looked for and hidden.
  const plain = log.child({}, { redact: [] })
  const destination = destinationOf(log)
  const time = createTimestamp()
  return (call, now) => {
    const isGone = isClientGone(call.exchange.signal)
    const error = isGone ? undefined : (call.error ?? call.report?.error)
    const line = toLine(call, now, error, isGone)
    // A client that leaves is nobody's fault, and what is the caller's fault is no cause for alarm.
    if (error === undefined || (call.status >= 400 && call.status < 500)) {
      if (!log.isLevelEnabled('info')) return
      destination.write(`{"level":"info"${time()},${JSON.stringify(line).slice(1, -1)},"msg":"request"}\n`)
    } else if (error instanceof ApiError) plain.warn(line, 'request')
    else if (!isProviderError(error)) plain.error({ ...line, err: error }, 'request failed')
    else if (error.code !== 'authentication') plain.warn({ ...line, err: error }, 'request')
    else plain.error({ ...line, err: error }, 'a provider does not accept our credentials')
  }
}

/** Where a logger writes; its types leave that out. */
const destinationOf = (log: Logger): DestinationStream => {
  const stream: unknown = Reflect.get(log, symbols.streamSym)
  if (isDestination(stream)) return stream
  throw new TypeError('A logger of pino is needed, which writes to a stream.')
}

const isDestination = (value: unknown): value is DestinationStream =>
  typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function'

const toLine = (call: Call, now: number, error: unknown, isGone: boolean) => {
  const { exchange, report, status } = call
  return {
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
}

const round = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000
