import { ProviderError } from '../errors.ts'
import type { Plan } from '../manager/planner.ts'
import type { RunningAttempt } from '../resilience/attempt.ts'
import { walk } from '../resilience/walk.ts'
import type { OnBreak } from '../routing/route.ts'
import type { Target } from '../routing/target.ts'
import type { ForwardOptions, ForwardReport, ForwardRequest, ForwardSink } from '../types/forward.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { Provider } from '../types/provider.ts'
import { type Client, type Committed, type ForwardDialect, toCounted, toTold } from './attempt.ts'
import { forwardUnbroken } from './forward-unbroken.ts'
import { relay } from './relay.ts'
import { translate } from './translate.ts'

/** Options of {@link createForward}. */
export interface ForwarderOptions {
  /** Whom a request goes to. ProviderError `not-found` where nobody serves its model. */
  plan(model: string, request: ForwardRequest): { plan: Plan; onBreak: OnBreak }
  providerOf(target: Target): Provider
  dialects: ReadonlyMap<ClientDialectName, ForwardDialect>
  now: () => number
  generateId: () => string
}

/** Answers a client's request, by whoever serves the model that it names. */
export type Forward = (
  request: ForwardRequest,
  sink: ForwardSink,
  options: ForwardOptions,
) => Promise<ForwardReport>

const defaultHeartbeatMs = 15_000

/** Makes the forwarding over a set of dialects. */
export const createForward = (options: ForwarderOptions): Forward => {
  const { dialects, now, generateId, providerOf } = options

  const begin = (request: ForwardRequest, sink: ForwardSink, call: ForwardOptions): Promise<Committed> => {
    const { signal, requestId, heartbeatMs = defaultHeartbeatMs } = call
    if (signal?.aborted) return Promise.reject(signal.reason)
    try {
      const dialect = dialects.get(request.dialect)
      if (dialect === undefined) throw unknownDialect(request.dialect)
      const { plan, onBreak } = options.plan(toModel(request), request)
      const client: Client = { dialect, sink, requestId, heartbeatMs, now, generateId, startedAt: now() }
      const { stream: isStream, readsAll } = dialect.client.planRelay(request.value)
      const mode = call.onBreak ?? onBreak
      // Without anybody else to ask a broken answer can only be told, and so can one of several choices.
      return isStream && readsAll !== true && mode !== 'error' && plan.targets.length > 1
        ? forwardUnbroken({ request, client, plan, onBreak: mode, providerOf, signal })
        : forwardOnce(request, client, plan, isStream, providerOf, signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  // Not async: a function that waits holds what it was given, the whole prompt with it.
  return (request, sink, call) => begin(request, sink, call).then(untilDone)
}

const untilDone = ({ done }: Committed): Promise<ForwardReport> => done

/** Asks the targets up to the first content; a break after that is told to the client. */
const forwardOnce = (
  request: ForwardRequest,
  client: Client,
  plan: Plan,
  isStream: boolean,
  providerOf: (target: Target) => Provider,
  signal: AbortSignal | undefined,
): Promise<Committed> =>
  walk<Committed>({
    ...plan,
    isStream,
    signal,
    attempt(target, watch) {
      const provider = providerOf(target)
      const { model } = target
      const attempt = {
        ...client,
        provider,
        model,
        signal: watch.signal,
        watch,
        number: plan.budget.attempts,
      }
      return provider.dialects.includes(request.dialect)
        ? relay(attempt, request)
        : translate(attempt, request)
    },
  }).then((end) => {
    if (!end.isOk) throw toTold(end.error, end.target, plan)
    return { done: settle(end.value.done, end.attempt) }
  })

/** Ends the watch with the answer. Apart, so that it does not hold the request. */
const settle = (done: Promise<ForwardReport>, attempt: RunningAttempt): Promise<ForwardReport> =>
  done.then(
    (report) => {
      attempt.end(report.error && { error: report.error })
      return toCounted(report)
    },
    (error: unknown) => {
      attempt.end({ error })
      throw error
    },
  )

const unknownDialect = (name: string): ProviderError =>
  new ProviderError(`No client speaks "${name}" here.`, { code: 'unsupported' })

// Nothing that a log or a header could take for the end of a line.
const name = /^\P{Cc}+$/u

const toModel = ({ value }: ForwardRequest): string => {
  if (typeof value.model === 'string' && name.test(value.model)) return value.model
  throw new ProviderError('"model" must name a model.', { code: 'invalid-request', param: 'model' })
}
