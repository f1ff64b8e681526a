import type { ClientDialect } from '../dialects/client-dialect.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import type { Plan } from '../manager/planner.ts'
import type { Attempt as Watched } from '../resilience/attempt.ts'
import type { Target } from '../routing/target.ts'
import type { ForwardReport, ForwardSink } from '../types/forward.ts'
import type { Provider } from '../types/provider.ts'
import type { ClientStream } from './client-stream.ts'
import type { Finder } from './needles.ts'

/** What the forwarding knows of a client's dialect. */
export interface ForwardDialect {
  client: ClientDialect
  /** Finds the events that a relay has to read. */
  finder: Finder
}

/**
 * One try to have a request answered by one target. It holds nothing of the request, so that an open stream keeps no
 * prompt alive.
 */
export interface Attempt {
  provider: Provider
  /** The model's name at the provider. */
  model: string
  dialect: ForwardDialect
  sink: ForwardSink
  /** Aborts with a ProviderError when time is up, or with the client's reason when it has gone. */
  signal: AbortSignal
  /** The watch over it, which hears of each piece, of pauses, and of the first content. */
  watch: Pick<Watched, 'signal' | 'abort' | 'beforeAbort' | 'heard' | 'paused' | 'output' | 'connectMs'>
  /** Counts the attempts of the request from 1. */
  number: number
  /** An answer that was begun before there was any content, to keep the connection alive. */
  early?: ClientStream | undefined
  requestId: string
  heartbeatMs: number
  now: () => number
  generateId: () => string
  /** When the request came, in milliseconds of `now`. */
  startedAt: number
}

/**
 * An attempt whose answer has begun: something was written to the client, so no other target can be tried. Until then
 * an attempt rejects and leaves the client's sink untouched.
 */
export interface Committed {
  /** Never rejects for an upstream's fault; with the abort's reason when the client has gone. */
  done: Promise<ForwardReport>
}

/** The report of an attempt that has just begun to answer. */
export const createReport = (
  attempt: Attempt,
  { isRelay, stream }: { isRelay: boolean; stream: boolean },
): ForwardReport => ({
  provider: attempt.provider.name,
  model: attempt.model,
  attempts: attempt.number,
  isRelay,
  stream,
  status: 200,
  usage: { inputTokens: 0, outputTokens: 0, estimated: true },
  warnings: [],
})

/** An answer that stopped for a fault of its server has used what that server says. */
export const toCounted = (report: ForwardReport): ForwardReport => {
  const counted = report.error?.usage
  return counted !== undefined && report.usage.estimated === true ? { ...report, usage: counted } : report
}

/** What an attempt fails with: an error that names its provider and quotes nothing that must not be told. */
export const toOwnError = ({ provider }: Attempt, thrown: unknown): ProviderError => {
  if (isProviderError(thrown)) return provider.relay?.toOwnError?.(thrown) ?? thrown
  const message = 'The upstream broke off its answer.'
  return new ProviderError(message, { code: 'network', provider: provider.name, cause: thrown })
}

/** What is the same in all attempts of a request. It does not hold the request. */
export type Client = Omit<Attempt, 'provider' | 'model' | 'signal' | 'watch' | 'number'>

/** The error that the client is told: who was asked last, and how often anybody was. */
export const toTold = (
  error: unknown,
  { provider, model }: Target,
  { budget }: Pick<Plan, 'budget'>,
): unknown =>
  isProviderError(error)
    ? new ProviderError(error.message, {
        ...error,
        provider: error.provider ?? provider,
        model,
        attempts: budget.attempts,
        cause: error.cause,
      })
    : error
