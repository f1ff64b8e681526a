import { createMiddleware } from 'hono/factory'
import type { Logger } from 'pino'
import type { RequestEnv } from './env.ts'

/** Gives each request its id, on the answer too, and one log line at its end: never a body, a key or a query. */
export const requestLog = (log: Logger, newRequestId: () => string, now: () => number) =>
  createMiddleware<RequestEnv>(async function requestLogMiddleware(c, next) {
    const requestId = newRequestId()
    const startedAt = now()
    const child = log.child({ request_id: requestId })
    c.set('requestId', requestId)
    c.set('log', child)
    await next()
    c.res.headers.set('x-request-id', requestId)
    const line = {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      tenant: c.get('tenant'),
      duration_ms: Math.round((now() - startedAt) * 1000) / 1000,
    }
    // A stream is logged when it begins; its end is its own line.
    if (c.res.status >= 500) child.warn(line, 'request')
    else child.info(line, 'request')
  })
