import { toApiError } from '../http/error-response.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Call } from './call.ts'
import { isClientGone } from './exchange.ts'

/** Counts a request at its end. `route`: the pattern of its path, where there is one. */
export const measureCall = (metrics: Metrics, call: Call, route: string | undefined, now: number): void => {
  const { report, model = '' } = call
  const error = isClientGone(call.exchange.signal) ? undefined : (call.error ?? report?.error)
  metrics.request({
    route: route ?? 'other',
    status: call.status,
    durationMs: now - call.startedAt,
    // Never an upstream's own code: those are without end.
    errorCode: error === undefined ? undefined : toApiError(error).code,
  })
  if (report?.provider !== undefined && report.usage !== undefined) {
    const { provider, usage } = report
    metrics.answer({ provider, model, usage, costUsd: call.costUsd })
  }
}
