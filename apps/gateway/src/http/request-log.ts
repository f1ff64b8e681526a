import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics/metrics.ts'
import type { RequestEnv } from './env.ts'

/** What the log of requests is made of. */
export interface RequestLogOptions {
  log: Logger
  metrics: Metrics
  newRequestId(): string
}

/** Gives each request its id, on the answer too, and one log line at its end: never a body, a key or a query. */
export const requestLog = ({ log, metrics, newRequestId }: RequestLogOptions, now: () => number) =>
  createMiddleware<RequestEnv>(async function requestLogMiddleware(c, next) {
    const requestId = newRequestId()
    const startedAt = now()
    const child = log.child({ request_id: requestId })
    c.set('requestId', requestId)
    c.set('log', child)
    await next()
    c.res.headers.set('x-request-id', requestId)
    const { status } = c.res
    const durationMs = now() - startedAt
    const line = {
      method: c.req.method,
      path: c.req.path,
      status,
      tenant: c.get('tenant'),
      duration_ms: Math.round(durationMs * 1000) / 1000,
    }
    // Where nothing else answered, the last is the middleware for all paths.
    const route = routePath(c, -1)
    metrics.request({
      route: route.endsWith('*') ? 'other' : route,
      status,
      durationMs,
      errorCode: c.get('errorCode'),
    })
    // A stream is logged when it begins; its end is its own line.
    if (status >= 500) child.warn(line, 'request')
    else child.info(line, 'request')
  })
