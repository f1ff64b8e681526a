import type { ClientDialectName, ForwardReport, ForwardSink } from '@gateway/provider'
import type { Caller } from '../http/auth.ts'
import { contracts } from './contracts.ts'
import { type AnswerHeaders, type Exchange, isEventStream } from './exchange.ts'
import type { Runner } from './running.ts'

/** One request under `/v1` while it is served: what its routes, its errors and its log line need to know. */
export interface Call extends Runner {
  readonly exchange: Exchange
  readonly requestId: string
  /** In whose shape it is answered where it fails. */
  readonly dialect: ClientDialectName
  /** Milliseconds, monotonic. */
  readonly startedAt: number
  /** Its tenant is empty while nobody is known to ask. */
  caller: Caller
  /** What the client was answered; 499 where it left first. */
  status: number
  /** The model that the client asked for. */
  model?: string | undefined
  /** What is known of the answer; from its head on who gives it, and all of it at the end. */
  report?: { [K in keyof ForwardReport]?: ForwardReport[K] | undefined } | undefined
  /** What of the body is kept for counting it. */
  question?: Uint8Array | number | undefined
  error?: unknown
  /** US dollars; undefined where a price is not known. */
  costUsd?: number | undefined
  /** Is the answer an event stream? Whole events are written to it, so that another may always follow. */
  isStream: boolean
}

/** Headers that say whose answer it is. An upstream's own ids, which a relay hands on, win over ours. */
export const withIds = (
  { requestId, dialect }: Pick<Call, 'requestId' | 'dialect'>,
  headers: AnswerHeaders,
): Record<string, string> => {
  // A copy of all of them first: to put them behind others is done one by one, and takes twice as long.
  const all: Record<string, string> = { ...headers }
  all['x-gateway-request-id'] ??= requestId
  for (const name of contracts[dialect].idHeaders) all[name] ??= requestId
  return all
}

/** Headers that say who answered. Names of models come from clients: what no header can hold becomes `?`. */
export const answeredBy = (
  provider: string,
  model: string | undefined,
  attempts = 1,
): Record<string, string> => ({
  'x-gateway-provider': toHeaderValue(provider),
  ...(model !== undefined && { 'x-gateway-model': toHeaderValue(model) }),
  'x-gateway-attempts': String(attempts),
})

const toHeaderValue = (text: string): string => text.slice(0, 256).replaceAll(/[^\x20-\x7e]/g, '?')

/** The exchange as a sink that gives the answer its ids and keeps track of where it is. */
export const answerOf = (call: Call): ForwardSink => {
  const { exchange } = call
  return {
    head(status, headers) {
      call.status = status
      call.isStream = isEventStream(headers)
      call.report = { provider: headers['x-gateway-provider'], model: headers['x-gateway-model'] }
      exchange.head(status, withIds(call, headers))
    },
    data: exchange.data,
    ready: exchange.ready,
    end: exchange.end,
  }
}
