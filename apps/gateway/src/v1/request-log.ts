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
 * where the logger writes: taken through the logger it costs many times as much, and there is one for each request.
 */
export const createRequestLog = (log: Logger): RequestLog => {
  // The one line that is written for each request says nothing that would have to be looked for and hidden.
  const plain = log.child({}, { redact: [] })
  const destination = destinationOf(log)
  const time = createTimestamp()
  const kindOf = createKinds()
  return (call, now) => {
    const isGone = isClientGone(call.exchange.signal)
    const error = isGone ? undefined : (call.error ?? call.report?.error)
    // A client that leaves is nobody's fault, and what is the caller's fault is no cause for alarm.
    if (error === undefined || (call.status >= 400 && call.status < 500)) {
      if (!log.isLevelEnabled('info')) return
      // An id is of our own making: there is nothing in it to escape.
      const start = `{"level":"info"${time()},"request_id":"${call.requestId}",${kindOf(toKind(call, error))}`
      destination.write(`${start}${toCounts(call, now)}${toOutcome(call, error, isGone)},"msg":"request"}\n`)
      return
    }
    const line = toLine(call, now, error, isGone)
    if (error instanceof ApiError) plain.warn(line, 'request')
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

const longestName = 256

/** What lines have in common that are of the same kind of request, in its order. */
const toKind = ({ exchange, caller, model, report, status }: Call, error: unknown) => ({
  method: exchange.method,
  path: exchange.path,
  status,
  tenant: caller.tenant === '' ? undefined : caller.tenant,
  model: model?.slice(0, longestName),
  provider: report?.provider ?? (isProviderError(error) ? error.provider : undefined),
  provider_model: report?.model,
  attempts: report?.attempts,
  stream: report?.stream,
  relay: report?.isRelay,
})

type Kind = ReturnType<typeof toKind>

/** Models for which the JSON of a kind is held: that of the last request with the model. */
const heldKinds = 100

/** Kinds as the inside of a JSON object. Nearly every request is of the same kind as the last one with its model. */
const createKinds = (): ((kind: Kind) => string) => {
  const held = new Map<string, { kind: Kind; json: string }>()
  return (kind) => {
    const { model = '' } = kind
    const last = held.get(model)
    if (last !== undefined && isSame(last.kind, kind)) return last.json
    const json = JSON.stringify(kind).slice(1, -1)
    if (held.size === heldKinds) held.clear()
    // What is cut off a longer name keeps all of it in memory.
    if (model.length < longestName) held.set(model, { kind, json })
    return json
  }
}

const isSame = (a: Kind, b: Kind): boolean =>
  a.method === b.method &&
  a.path === b.path &&
  a.status === b.status &&
  a.tenant === b.tenant &&
  a.model === b.model &&
  a.provider === b.provider &&
  a.provider_model === b.provider_model &&
  a.attempts === b.attempts &&
  a.stream === b.stream &&
  a.relay === b.relay

/** What it used and how long it took, as JSON behind other fields. */
const toCounts = ({ report, startedAt }: Call, now: number): string =>
  toField(',"input_tokens":', report?.usage?.inputTokens) +
  toField(',"output_tokens":', report?.usage?.outputTokens) +
  toField(',"first_token_ms":', round(report?.firstTokenMs)) +
  toField(',"duration_ms":', round(now - startedAt))

/** Counts come from providers: what is no number is left to the library. */
const toField = (key: string, count: number | undefined): string => {
  if (count === undefined) return ''
  return key + (Number.isFinite(count) ? String(count) : JSON.stringify(count))
}

/** What went another way than most requests do, as JSON behind other fields. */
const toOutcome = ({ requestId }: Call, error: unknown, isGone: boolean): string => {
  if (isGone) return ',"client_left":true'
  return error === undefined ? '' : `,"error":${JSON.stringify(describeError(error, requestId).code)}`
}

const toLine = (call: Call, now: number, error: unknown, isGone: boolean) => ({
  request_id: call.requestId,
  ...toKind(call, error),
  input_tokens: call.report?.usage?.inputTokens,
  output_tokens: call.report?.usage?.outputTokens,
  first_token_ms: round(call.report?.firstTokenMs),
  duration_ms: round(now - call.startedAt),
  client_left: isGone ? true : undefined,
  error: error === undefined ? undefined : describeError(error, call.requestId).code,
})

const round = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000
