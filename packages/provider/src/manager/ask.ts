import { toTold } from '../forward/attempt.ts'
import { openStream } from '../resilience/stream-walk.ts'
import { walk } from '../resilience/walk.ts'
import type { Target } from '../routing/target.ts'
import type { CompletionRequest, CompletionResponse } from '../types/completion.ts'
import type { CallOptions, Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { requestHints } from './hints.ts'
import type { Route } from './model-table.ts'
import type { Planner } from './planner.ts'

/** Options of {@link createAsk}. */
export interface AskOptions {
  route(model: string): Route
  planner: Planner
  providerOf(target: Target): Provider
}

/** Asking in the vocabulary: the same walk as for clients of a dialect. */
export interface Ask {
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompletionResponse>
  stream(request: CompletionRequest, options?: CallOptions): Promise<AsyncIterable<StreamEvent>>
}

/** Makes both ways of asking. */
export const createAsk = ({ route, planner, providerOf }: AskOptions): Ask => ({
  async complete(request, { signal, headers } = {}) {
    signal?.throwIfAborted()
    const plan = planner.plan(route(request.model), () => requestHints(request))
    const end = await walk({
      ...plan,
      isStream: false,
      signal,
      attempt: (target, watch) => {
        const call = {
          signal: watch.signal,
          headers,
          onData: watch.heard,
          connectTimeoutMs: watch.connectMs,
        }
        return providerOf(target).complete({ ...request, model: target.model }, call)
      },
    })
    if (!end.isOk) throw toTold(end.error, end.target, plan)
    end.attempt.end()
    return end.value
  },
  async stream(request, { signal, headers } = {}) {
    signal?.throwIfAborted()
    const found = route(request.model)
    const plan = planner.plan(found, () => requestHints(request))
    try {
      const walked = await openStream({
        ...plan,
        request,
        headers,
        onBreak: plan.targets.length > 1 ? found.onBreak : 'error',
        providerOf,
        signal,
      })
      return walked.events
    } catch (error) {
      const target = plan.budget.records.at(-1)?.target
      throw target === undefined ? error : toTold(error, target, plan)
    }
  },
})
