import { ProviderError } from '../errors.ts'
import type { ForwardOptions, ForwardReport, ForwardRequest, ForwardSink } from '../types/forward.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { Provider } from '../types/provider.ts'
import type { Attempt, Committed, ForwardDialect } from './attempt.ts'
import { relay } from './relay.ts'
import { translate } from './translate.ts'

/** Options of {@link createForward}. */
export interface ForwarderOptions {
  /** Who serves a model. ProviderError `not-found` where nobody does. */
  resolve(model: string): { provider: Provider; model: string }
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
  const { resolve, dialects, now, generateId } = options

  const begin = (request: ForwardRequest, sink: ForwardSink, call: ForwardOptions): Promise<Committed> => {
    const { signal, requestId, heartbeatMs = defaultHeartbeatMs } = call
    if (signal?.aborted) return Promise.reject(signal.reason)
    try {
      const dialect = dialects.get(request.dialect)
      if (dialect === undefined) throw unknownDialect(request.dialect)
      const { provider, model } = resolve(toModel(request))
      const startedAt = now()
      return answer(
        { provider, model, dialect, sink, signal, requestId, heartbeatMs, now, generateId, startedAt },
        request,
      )
    } catch (error) {
      return Promise.reject(error)
    }
  }

  // Not async: a function that waits holds what it was given, the whole prompt with it.
  return (request, sink, call) => begin(request, sink, call).then(toReport)
}

/** One attempt. It rejects, and can be made again with another target, until it has begun to answer. */
const answer = (attempt: Attempt, request: ForwardRequest): Promise<Committed> =>
  attempt.provider.dialects.includes(request.dialect) ? relay(attempt, request) : translate(attempt, request)

const toReport = ({ done }: Committed): Promise<ForwardReport> => done

const unknownDialect = (name: string): ProviderError =>
  new ProviderError(`No client speaks "${name}" here.`, { code: 'unsupported' })

const toModel = ({ value }: ForwardRequest): string => {
  if (typeof value.model === 'string' && value.model !== '') return value.model
  throw new ProviderError('"model" must name a model.', { code: 'invalid-request', param: 'model' })
}
