import type { AppDeps } from '../deps.ts'
import { ApiError } from '../http/api-error.ts'
import { type Caller, unauthorised } from '../http/auth.ts'
import { createSeats, defaultCapacity } from '../http/capacity.ts'
import { checkLocal } from '../http/local-guard.ts'
import type { Call } from './call.ts'
import { contractOf } from './contracts.ts'
import type { Exchange } from './exchange.ts'
import { measureCall } from './measure.ts'
import { refuse } from './refuse.ts'
import { createRequestLog } from './request-log.ts'
import { createRoutes, findResource, routeOf } from './routes.ts'
import { createRunning } from './running.ts'

/** The contracts of OpenAI and Anthropic, over exchanges of any kind. */
export interface V1 {
  /** Answers one request, whatever becomes of it; never rejects. */
  handle(exchange: Exchange): Promise<void>
  /** How many requests are being answered. */
  running(): number
  /** Takes no more requests; those that run get `graceMs` to end, then an error in their client's dialect. */
  drain(graceMs: number): Promise<void>
}

const nobody: Caller = { tenant: '' }

/** Serves `/v1` with what the app works with. `elapsed`: monotonic milliseconds. */
export const createV1 = (deps: AppDeps, elapsed: () => number = () => performance.now()): V1 => {
  const routes = createRoutes(deps)
  const seats = createSeats({ ...defaultCapacity, ...deps.capacity })
  const logCall = createRequestLog(deps.log)
  const running = createRunning<Call>()
  let isDraining = false
  let isIdle: (() => void) | undefined
  deps.metrics.watch({ runningRequests: running.size })

  const admit = (call: Call): void => {
    const { headers } = call.exchange
    if (deps.access.isOpen()) checkLocal(headers.host, headers.origin)
    const caller = deps.access.find(headers.authorization, headers['x-api-key'])
    if (caller === undefined) throw unauthorised('.')
    call.caller = caller
    if (isDraining) throw shuttingDown()
    seats.enter(caller.tenant)
  }

  const handle = async (exchange: Exchange): Promise<void> => {
    const call: Call = {
      exchange,
      requestId: deps.newRequestId(),
      dialect: contractOf(exchange.path, exchange.headers),
      startedAt: elapsed(),
      caller: nobody,
      status: 0,
      isStream: false,
      place: -1,
      model: undefined,
      report: undefined,
      question: undefined,
      error: undefined,
      costUsd: undefined,
    }
    running.add(call)
    const resource = findResource(routes, exchange.path)
    let isSeated = false
    try {
      admit(call)
      isSeated = true
      await routeOf(resource, exchange)(call)
    } catch (error) {
      call.error = error
      await refuse(call, error, deps.now ?? Date.now).catch((fault: unknown) => {
        deps.log.error({ err: fault, request_id: call.requestId }, 'an error could not be told')
        exchange.cut()
      })
    } finally {
      if (isSeated) seats.leave(call.caller.tenant)
      running.remove(call)
      if (running.size() === 0) isIdle?.()
      const now = elapsed()
      measureCall(deps.metrics, call, resource?.pattern, now)
      logCall(call, now)
    }
  }

  return {
    handle,
    running: running.size,
    async drain(graceMs) {
      isDraining = true
      if (running.size() === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      isIdle = resolve
      const timer = setTimeout(() => {
        for (const { exchange } of running.all()) exchange.abort(shuttingDown())
      }, graceMs)
      await promise
      clearTimeout(timer)
    },
  }
}

/** Its connection ends too: the next request belongs to another process. */
const shuttingDown = (): ApiError => {
  const message = 'The gateway is shutting down. Try again.'
  const body = { type: 'overloaded_error', code: 'shutting_down', message }
  return new ApiError(503, body, { 'retry-after': '5', connection: 'close' })
}
